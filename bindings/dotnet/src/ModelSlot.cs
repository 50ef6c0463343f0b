using System;
using System.Threading;

namespace Duomo
{
    /// <summary>
    /// The model in use, which one thread replaces while others answer with it. All methods may be called on any
    /// thread; <see cref="Get"/> never waits.
    /// </summary>
    public sealed class ModelSlot : IDisposable
    {
        private Shared current;

        /// <summary>A slot that holds <paramref name="model"/>, and owns it from now on.</summary>
        public ModelSlot(Model model)
        {
            if (model == null) throw new ArgumentNullException(nameof(model));
            current = model.GiveUp();
        }

        /// <summary>The model in use; the caller disposes of it, in every request.</summary>
        public Model Get()
        {
            for (;;)
            {
                Shared now = Volatile.Read(ref current);
                if (now == null) throw new ObjectDisposedException(nameof(ModelSlot));
                if (now.TryAdd()) return new Model(now);  // else it has been replaced meanwhile
            }
        }

        /// <summary>
        /// Puts another model in, which the slot owns from now on. The one before is closed once nothing uses it.
        /// </summary>
        public void Set(Model model)
        {
            if (model == null) throw new ArgumentNullException(nameof(model));
            Shared next = model.GiveUp();
            for (;;)
            {
                Shared before = Volatile.Read(ref current);
                if (before == null)
                {
                    next.Remove();
                    throw new ObjectDisposedException(nameof(ModelSlot));
                }
                if (Interlocked.CompareExchange(ref current, next, before) != before) continue;
                before.Remove();
                return;
            }
        }

        /// <summary>Lets go of the model. Twice is fine.</summary>
        public void Dispose()
        {
            Interlocked.Exchange(ref current, null)?.Remove();
        }
    }
}
