// Where the fields of duomo.h's structs lie on wasm32: declared as in the header, laid out by the rules
// of C. tests/cross/layout.c says the same from the header itself.

const SIZES = {u32: 4, i32: 4, f32: 4, size: 4, ptr: 4, text: 8, u64: 8, i64: 8, f64: 8};

// {name of a field: its offset, …, sizeof}
function struct(fields) {
  const at = {};
  let end = 0, widest = 1;
  for (const field of fields.trim().split(/\s*,\s*/)) {
    const [type, name, count = 1] = field.split(/[\s[\]]+/);
    const size = type === 'char' ? 1 : SIZES[type];
    const alignment = type === 'text' ? 4 : size;
    end = Math.ceil(end / alignment) * alignment;
    at[name] = end;
    end += size * Number(count);
    widest = Math.max(widest, alignment);
  }
  at.sizeof = Math.ceil(end / widest) * widest;
  return Object.freeze(at);
}

export const ErrorStruct = struct(`
  u32 struct_size, i32 status, char message[504], i32 kind, i32 argument, u64 position`);

export const OpenOptions = struct(`
  u32 struct_size, u32 flags, i32 backend, u32 reserved, ptr allocator`);

export const ContextOptions = struct(`
  u32 struct_size, i32 unknown_ids, u32 threads, u32 reserved, ptr parallel_for, ptr parallel_data,
  ptr allocator, ptr cancelled`);

export const ModelInfoStruct = struct(`
  u32 struct_size, i32 head, u64 user_count, u64 item_count, u64 vector_width, u64 input_count,
  u64 file_size, i32 has_user_vectors, i32 has_history, i32 has_titles, i32 copied, text name,
  text unit, f32 minimum_output, f32 maximum_output, u64 fingerprint, u64 attribute_count,
  u64 metadata_count`);

export const InputInfo = struct(`
  u32 struct_size, i32 scope, i32 kind, i32 keys, u64 vocabulary_size, text name`);

export const AttributeInfo = struct(`
  u32 struct_size, i32 kind, u64 value_count, text name`);

export const FilterStruct = struct(`
  u32 struct_size, i32 mode, ptr input, ptr strings, ptr integers, size value_count, f64 minimum,
  f64 maximum, u32 flags, u32 reserved`);

export const LimitStruct = struct(`
  u32 struct_size, u32 at_most, ptr input`);

export const TopkRequest = struct(`
  u32 struct_size, u32 flags, size count, ptr ids, ptr vectors, ptr features, ptr history_offsets,
  ptr history_ids, size k, ptr exclude_offsets, ptr exclude_ids, ptr allow_ids, size allow_count,
  ptr filters, size filter_count, f32 minimum_score, u32 reserved, size probes, ptr keys,
  ptr history_keys, ptr exclude_keys, ptr allow_keys, ptr history_weights, ptr shared_exclude_ids,
  ptr shared_exclude_keys, size shared_exclude_count, ptr k_each, ptr allow_set, ptr allow_sets,
  ptr limits, size limit_count`);

export const TopkResult = struct(`
  u32 struct_size, u32 reserved, ptr ids, ptr scores, ptr counts, ptr keys, ptr titles`);

export const RankRequest = struct(`
  u32 struct_size, u32 flags, i64 user_id, ptr user_features, ptr item_ids, ptr item_features,
  ptr pair_features, ptr history_ids, size history_count, size n, ptr user_key, ptr item_keys,
  ptr history_keys`);
