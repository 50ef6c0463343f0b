using System;
using System.Threading;

namespace Duomo
{
    /// <summary>
    /// The calls of its model with options of its own. One thread at a time: a second call at the same time throws
    /// InvalidOperationException. Holds the file, also after the model is closed.
    /// </summary>
    public sealed class Context : Recommender
    {
        private readonly Shared core;
        private readonly ContextHandle handle;
        private readonly CancellationTokenRegistration registration;
        private int busy;

        internal Context(Shared core, ContextOptions options)
        {
            this.core = core;
            CancelFlag flag = options != null && options.CancellationToken.CanBeCanceled ? new CancelFlag() : null;
            try
            {
                handle = core.NewContext(options, flag);
            }
            catch
            {
                flag?.Free();
                throw;
            }
            // Holds the flag, not this object, which may be collected unclosed.
            if (flag != null) registration = options.CancellationToken.Register(flag.Set);
        }

        internal override Shared Core { get { return core; } }

        internal override ContextHandle Borrow()
        {
            if (Interlocked.Exchange(ref busy, 1) == 0) return handle;
            throw new InvalidOperationException("this Context is in another call: make one for each thread, or use the Model");
        }

        internal override void Return(ContextHandle context)
        {
            Volatile.Write(ref busy, 0);
        }

        /// <summary>Gives back the memory that an unusually large call has left.</summary>
        public void Trim()
        {
            ContextHandle context = Borrow();
            try
            {
                Native.duomo_context_trim(context);
            }
            finally
            {
                Return(context);
            }
        }

        /// <summary>Releases the context, once its call has ended. Twice is fine.</summary>
        public override void Dispose()
        {
            registration.Dispose();
            handle.Dispose();
        }
    }
}
