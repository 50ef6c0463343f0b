using System;
using System.Linq;

namespace Duomo
{
    /// <summary>
    /// The calls that <see cref="Model"/> and <see cref="Context"/> have. Scores are in the unit of the model's output.
    /// All throw <see cref="DuomoException"/>, and <see cref="ObjectDisposedException"/> once closed.
    /// </summary>
    public abstract unsafe class Recommender : IDisposable
    {
        internal Recommender() { }

        internal abstract ContextHandle Borrow();
        internal abstract void Return(ContextHandle context);
        internal abstract Shared Core { get; }

        /// <summary>What the model is.</summary>
        public ModelInfo Info { get { return Core.Info; } }

        /// <summary>Releases what this object holds. Twice is fine.</summary>
        public abstract void Dispose();

        private T With<T>(Func<ContextHandle, T> call)
        {
            ContextHandle context = Borrow();
            try
            {
                return call(context);
            }
            finally
            {
                Return(context);
            }
        }

        /// <summary>What a user thinks of an item.</summary>
        public float Predict(long user, long item)
        {
            ContextHandle context = Borrow();
            try
            {
                float prediction;
                NativeError error;
                Error.Prepare(&error);
                int status = Native.duomo_predict(&prediction, context, &user, &item, (UIntPtr)1, &error);
                Error.Check(status, &error);
                return prediction;
            }
            finally
            {
                Return(context);
            }
        }

        /// <summary>The same by string keys.</summary>
        public float Predict(string user, string item)
        {
            return Predict(Core.IdOfKey(Scope.User, user), Core.IdOfKey(Scope.Item, item));
        }

        /// <summary>For pairs: user i with item i.</summary>
        public float[] Predict(Entities users, Entities items)
        {
            var predictions = new float[users.Count];
            Predict(Core.IdsOf(Scope.User, users), Core.IdsOf(Scope.Item, items), predictions);
            return predictions;
        }

        /// <summary>The same into an array that is there.</summary>
        public void Predict(long[] users, long[] items, float[] predictions)
        {
            Same(users, items, predictions);
            With(context =>
            {
                NativeError error;
                Error.Prepare(&error);
                fixed (long* u = users, i = items)
                fixed (float* p = predictions)
                {
                    Error.Check(Native.duomo_predict(p, context, u, i, (UIntPtr)users.Length, &error), &error);
                }
                return 0;
            });
        }

        private static void Same(long[] users, long[] items, float[] predictions)
        {
            if (users == null) throw new ArgumentNullException(nameof(users));
            if (items == null) throw new ArgumentNullException(nameof(items));
            if (predictions == null) throw new ArgumentNullException(nameof(predictions));
            if (users.Length == items.Length && users.Length == predictions.Length) return;
            throw new ArgumentException(
                users.Length + " users, " + items.Length + " items, " + predictions.Length + " predictions: as many of each are needed");
        }

        /// <summary>For pairs of vectors, each kind one behind the other, used as they are.</summary>
        public float[] PredictVectors(float[] users, float[] items)
        {
            if (users == null) throw new ArgumentNullException(nameof(users));
            if (items == null) throw new ArgumentNullException(nameof(items));
            int width = Math.Max(1, Info.VectorWidth);
            if (users.Length != items.Length || users.Length % width != 0)
            {
                throw new ArgumentException(
                    users.Length + " and " + items.Length + " numbers: as many whole vectors of " + width + " are needed");
            }
            var predictions = new float[users.Length / width];
            return With(context =>
            {
                NativeError error;
                Error.Prepare(&error);
                fixed (float* u = users, i = items, p = predictions)
                {
                    Error.Check(
                        Native.duomo_predict_vectors(p, context, u, i, (UIntPtr)predictions.Length, &error), &error);
                }
                return predictions;
            });
        }

        /// <summary>The vectors of known users, one behind the other.</summary>
        public float[] EncodeUsers(Entities users) { return Encode(Scope.User, users); }
        /// <summary>The vectors of known items, one behind the other.</summary>
        public float[] EncodeItems(Entities items) { return Encode(Scope.Item, items); }

        private float[] Encode(Scope scope, Entities entities)
        {
            long[] ids = Core.IdsOf(scope, entities);
            var vectors = new float[checked(ids.Length * Info.VectorWidth)];
            return With(context =>
            {
                NativeError error;
                Error.Prepare(&error);
                fixed (long* i = ids)
                fixed (float* v = vectors)
                {
                    int status = scope == Scope.User
                        ? Native.duomo_encode_users(v, context, i, (UIntPtr)ids.Length, &error)
                        : Native.duomo_encode_items(v, context, i, (UIntPtr)ids.Length, &error);
                    Error.Check(status, &error);
                }
                return vectors;
            });
        }

        /// <summary>The vectors of raw features, one behind the other.</summary>
        public float[] Encode(Features features)
        {
            if (features == null) throw new ArgumentNullException(nameof(features));
            var vectors = new float[checked(features.Count * Info.VectorWidth)];
            return With(context =>
            {
                using (var pins = new Pins())
                {
                    // Not as a second SafeHandle: where that one is closed, Mono keeps the first one's count for good.
                    IntPtr raw = pins.Of(features.Handle);
                    NativeError error;
                    Error.Prepare(&error);
                    fixed (float* v = vectors)
                    {
                        Error.Check(Native.duomo_encode_features(v, context, raw, &error), &error);
                    }
                    return vectors;
                }
            });
        }

        /// <summary>The best items for users.</summary>
        public TopKResult TopK(TopKRequest request)
        {
            return Find(request, Info.ItemCount, (ref NativeTopKResult r, ContextHandle c, ref NativeTopKRequest q, IntPtr e) =>
                Native.duomo_topk(ref r, c, ref q, (NativeError*)e));
        }

        /// <summary>The best items for one user.</summary>
        public Hits TopK(Entities user, int k = 10, bool excludeSeen = false)
        {
            return One(TopK(new TopKRequest(user, k) { ExcludeSeen = excludeSeen, WithTitles = Info.HasTitles }));
        }

        /// <summary>The items that are most like items, by the cosine of their vectors.</summary>
        public TopKResult Similar(TopKRequest request)
        {
            return Find(request, Info.ItemCount, (ref NativeTopKResult r, ContextHandle c, ref NativeTopKRequest q, IntPtr e) =>
                Native.duomo_similar(ref r, c, ref q, (NativeError*)e));
        }

        /// <summary>The items that are most like one item.</summary>
        public Hits Similar(Entities item, int k = 10)
        {
            return One(Similar(new TopKRequest(item, k) { WithTitles = Info.HasTitles }));
        }

        /// <summary>The users to whom items appeal most.</summary>
        public TopKResult UsersFor(TopKRequest request)
        {
            return Find(request, Info.UserCount, (ref NativeTopKResult r, ContextHandle c, ref NativeTopKRequest q, IntPtr e) =>
                Native.duomo_users_for(ref r, c, ref q, (NativeError*)e));
        }

        /// <summary>The users that are most like users.</summary>
        public TopKResult SimilarUsers(TopKRequest request)
        {
            return Find(request, Info.UserCount, (ref NativeTopKResult r, ContextHandle c, ref NativeTopKRequest q, IntPtr e) =>
                Native.duomo_similar_users(ref r, c, ref q, (NativeError*)e));
        }

        private TopKResult Find(TopKRequest request, long most, SearchFunction function)
        {
            return With(context => Search.Run(request, Info, most, context, function));
        }

        private static Hits One(TopKResult found)
        {
            if (found.Count == 1) return found[0];
            throw new ArgumentException(found.Count + " where one was expected; many go into a TopKRequest");
        }

        /// <summary>A prediction for each item, in the order given, for one user.</summary>
        public float[] Rank(Entities user, Entities items)
        {
            return Rank(new RankRequest(user, items));
        }

        /// <summary>The same of what is known and what is new; logistic models have no other call.</summary>
        public float[] Rank(RankRequest request)
        {
            if (request == null) throw new ArgumentNullException(nameof(request));
            int n = request.Items?.Count ?? request.ItemFeatures?.Count ?? 0;
            var predictions = new float[n];
            return With(context =>
            {
                using (var pins = new Pins())
                {
                    NativeRankRequest native = NativeOf(request, n, pins);
                    NativeError error;
                    Error.Prepare(&error);
                    fixed (float* p = predictions)
                    {
                        Error.Check(Native.duomo_rank(p, context, ref native, &error), &error);
                    }
                    return predictions;
                }
            });
        }

        private static NativeRankRequest NativeOf(RankRequest r, int n, Pins pins)
        {
            var made = new NativeRankRequest
            {
                struct_size = (uint)sizeof(NativeRankRequest),
                n = (UIntPtr)n,
                user_features = pins.Of(r.UserFeatures?.Handle),
                item_features = pins.Of(r.ItemFeatures?.Handle),
                pair_features = pins.Of(r.PairFeatures?.Handle),
            };
            if (r.User != null)
            {
                if (r.User.Value.Count != 1) throw new ArgumentException("one user is needed", "User");
                if (r.User.Value.Keys != null)
                {
                    made.user_key = pins.Of(r.User.Value.Keys[0], "User");
                }
                else
                {
                    made.flags = 1;
                    made.user_id = r.User.Value.Ids[0];
                }
            }
            if (r.Items != null) Search.Split(r.Items.Value, "Items", pins, out made.item_ids, out made.item_keys);
            if (r.History != null)
            {
                Search.Split(r.History.Value, "History", pins, out made.history_ids, out made.history_keys);
                made.history_count = (UIntPtr)r.History.Value.Count;
            }
            return made;
        }
    }
}
