// The functions of duomo.h. What is called "duomo" here is libduomo.so, libduomo.dylib or duomo.dll.
using System;
using System.Runtime.InteropServices;

namespace Duomo
{
    internal static unsafe class Native
    {
        private const string Library = "duomo";
        private const CallingConvention C = CallingConvention.Cdecl;

        [DllImport(Library, CallingConvention = C)]
        internal static extern IntPtr duomo_status_name(int status);
        [DllImport(Library, CallingConvention = C)]
        internal static extern IntPtr duomo_version();
        [DllImport(Library, CallingConvention = C)]
        internal static extern IntPtr duomo_build_info();

        [DllImport(Library, CallingConvention = C)]
        internal static extern int duomo_model_open(
            out ModelHandle model, byte[] path, ref NativeOpenOptions options, NativeError* error);
        [DllImport(Library, CallingConvention = C)]
        internal static extern int duomo_model_open_buffer(
            out ModelHandle model, byte* data, UIntPtr size, ref NativeOpenOptions options, NativeError* error);
        [DllImport(Library, CallingConvention = C)]
        internal static extern void duomo_model_release(IntPtr model);
        [DllImport(Library, CallingConvention = C)]
        internal static extern int duomo_model_get_info(ref NativeModelInfo info, ModelHandle model, NativeError* error);
        [DllImport(Library, CallingConvention = C)]
        internal static extern int duomo_model_get_input(
            ref NativeInputInfo info, ModelHandle model, ulong index, NativeError* error);
        [DllImport(Library, CallingConvention = C)]
        internal static extern int duomo_model_get_input_value(
            NativeText* text, long* integer, ModelHandle model, ulong input, ulong index, NativeError* error);
        [DllImport(Library, CallingConvention = C)]
        internal static extern int duomo_model_metadata_at(
            NativeText* key, NativeText* value, ModelHandle model, ulong index, NativeError* error);

        [DllImport(Library, CallingConvention = C)]
        internal static extern long duomo_id_of_string(byte[] key);
        [DllImport(Library, CallingConvention = C)]
        internal static extern int duomo_item_id_at(long* id, ModelHandle model, ulong row, NativeError* error);
        [DllImport(Library, CallingConvention = C)]
        internal static extern int duomo_user_id_at(long* id, ModelHandle model, ulong row, NativeError* error);
        [DllImport(Library, CallingConvention = C)]
        internal static extern int duomo_item_id_of_key(long* id, ModelHandle model, byte[] key, NativeError* error);
        [DllImport(Library, CallingConvention = C)]
        internal static extern int duomo_user_id_of_key(long* id, ModelHandle model, byte[] key, NativeError* error);
        [DllImport(Library, CallingConvention = C)]
        internal static extern int duomo_item_key(NativeText* key, ModelHandle model, long id, NativeError* error);
        [DllImport(Library, CallingConvention = C)]
        internal static extern int duomo_user_key(NativeText* key, ModelHandle model, long id, NativeError* error);
        [DllImport(Library, CallingConvention = C)]
        internal static extern int duomo_ids_of_keys(
            long* ids, ModelHandle model, int scope, IntPtr keys, UIntPtr n, NativeError* error);
        [DllImport(Library, CallingConvention = C)]
        internal static extern int duomo_keys_of_ids(
            NativeText* keys, ModelHandle model, int scope, long* ids, UIntPtr n, NativeError* error);
        [DllImport(Library, CallingConvention = C)]
        internal static extern int duomo_item_title(NativeText* title, ModelHandle model, long id, NativeError* error);
        [DllImport(Library, CallingConvention = C)]
        internal static extern int duomo_item_titles(
            NativeText* titles, ModelHandle model, long* ids, UIntPtr n, NativeError* error);

        [DllImport(Library, CallingConvention = C)]
        internal static extern int duomo_model_get_attribute(
            ref NativeAttributeInfo info, ModelHandle model, ulong index, NativeError* error);
        [DllImport(Library, CallingConvention = C)]
        internal static extern int duomo_attribute_numbers(
            double* values, ModelHandle model, byte[] name, long* ids, UIntPtr n, NativeError* error);
        [DllImport(Library, CallingConvention = C)]
        internal static extern int duomo_attribute_integers(
            long* values, ModelHandle model, byte[] name, long* ids, UIntPtr n, NativeError* error);
        [DllImport(Library, CallingConvention = C)]
        internal static extern int duomo_attribute_texts(
            NativeText* values, ModelHandle model, byte[] name, long* ids, UIntPtr n, NativeError* error);
        [DllImport(Library, CallingConvention = C)]
        internal static extern int duomo_attribute_set(
            UIntPtr* count, NativeText* texts, UIntPtr capacity, ModelHandle model, byte[] name, long id,
            NativeError* error);

        [DllImport(Library, CallingConvention = C)]
        internal static extern int duomo_item_set_from_ids(
            out ItemSetHandle set, ModelHandle model, IntPtr ids, IntPtr keys, UIntPtr n, NativeError* error);
        [DllImport(Library, CallingConvention = C)]
        internal static extern int duomo_item_set_from_filters(
            out ItemSetHandle set, ModelHandle model, IntPtr filters, UIntPtr n, NativeError* error);
        [DllImport(Library, CallingConvention = C)]
        internal static extern int duomo_item_set_combine(
            out ItemSetHandle set, int mode, IntPtr sets, UIntPtr n, NativeError* error);
        [DllImport(Library, CallingConvention = C)]
        internal static extern void duomo_item_set_release(IntPtr set);
        [DllImport(Library, CallingConvention = C)]
        internal static extern ulong duomo_item_set_count(ItemSetHandle set);
        [DllImport(Library, CallingConvention = C)]
        internal static extern int duomo_item_set_contains(ItemSetHandle set, long id);

        [DllImport(Library, CallingConvention = C)]
        internal static extern int duomo_context_create(
            out ContextHandle context, ModelHandle model, ref NativeContextOptions options, NativeError* error);
        [DllImport(Library, CallingConvention = C)]
        internal static extern void duomo_context_release(IntPtr context);
        [DllImport(Library, CallingConvention = C)]
        internal static extern void duomo_context_trim(ContextHandle context);

        [DllImport(Library, CallingConvention = C)]
        internal static extern int duomo_features_create(
            out FeaturesHandle features, ModelHandle model, int scope, UIntPtr count, NativeError* error);
        [DllImport(Library, CallingConvention = C)]
        internal static extern void duomo_features_release(IntPtr features);
        [DllImport(Library, CallingConvention = C)]
        internal static extern int duomo_features_set_strict(FeaturesHandle features, int strict, NativeError* error);
        [DllImport(Library, CallingConvention = C)]
        internal static extern int duomo_features_set_integers(
            FeaturesHandle features, byte[] input, long* values, NativeError* error);
        [DllImport(Library, CallingConvention = C)]
        internal static extern int duomo_features_set_strings(
            FeaturesHandle features, byte[] input, IntPtr values, NativeError* error);
        [DllImport(Library, CallingConvention = C)]
        internal static extern int duomo_features_set_numbers(
            FeaturesHandle features, byte[] input, float* values, NativeError* error);
        [DllImport(Library, CallingConvention = C)]
        internal static extern int duomo_features_set_integer_lists(
            FeaturesHandle features, byte[] input, IntPtr offsets, IntPtr values, NativeError* error);
        [DllImport(Library, CallingConvention = C)]
        internal static extern int duomo_features_set_string_lists(
            FeaturesHandle features, byte[] input, IntPtr offsets, IntPtr values, NativeError* error);

        [DllImport(Library, CallingConvention = C)]
        internal static extern int duomo_encode_users(
            float* vectors, ContextHandle context, long* ids, UIntPtr n, NativeError* error);
        [DllImport(Library, CallingConvention = C)]
        internal static extern int duomo_encode_items(
            float* vectors, ContextHandle context, long* ids, UIntPtr n, NativeError* error);
        [DllImport(Library, CallingConvention = C)]
        internal static extern int duomo_encode_features(
            float* vectors, ContextHandle context, IntPtr features, NativeError* error);
        [DllImport(Library, CallingConvention = C)]
        internal static extern int duomo_predict(
            float* predictions, ContextHandle context, long* users, long* items, UIntPtr n, NativeError* error);
        [DllImport(Library, CallingConvention = C)]
        internal static extern int duomo_predict_vectors(
            float* predictions, ContextHandle context, float* users, float* items, UIntPtr n, NativeError* error);

        [DllImport(Library, CallingConvention = C)]
        internal static extern int duomo_topk(
            ref NativeTopKResult result, ContextHandle context, ref NativeTopKRequest request, NativeError* error);
        [DllImport(Library, CallingConvention = C)]
        internal static extern int duomo_similar(
            ref NativeTopKResult result, ContextHandle context, ref NativeTopKRequest request, NativeError* error);
        [DllImport(Library, CallingConvention = C)]
        internal static extern int duomo_users_for(
            ref NativeTopKResult result, ContextHandle context, ref NativeTopKRequest request, NativeError* error);
        [DllImport(Library, CallingConvention = C)]
        internal static extern int duomo_similar_users(
            ref NativeTopKResult result, ContextHandle context, ref NativeTopKRequest request, NativeError* error);
        [DllImport(Library, CallingConvention = C)]
        internal static extern int duomo_rank(
            float* predictions, ContextHandle context, ref NativeRankRequest request, NativeError* error);
    }
}
