//! Functions.

use crate::constants::duomo_status;
use crate::structs::*;
use core::ffi::{c_char, c_void};

extern "C" {
    pub fn duomo_status_name(status: duomo_status) -> *const c_char;
    pub fn duomo_version() -> *const c_char;
    pub fn duomo_build_info() -> *const c_char;

    pub fn duomo_model_open(
        out: *mut *mut duomo_model,
        path: *const c_char,
        options: *const duomo_open_options,
        error: *mut duomo_error,
    ) -> duomo_status;
    pub fn duomo_model_open_buffer(
        out: *mut *mut duomo_model,
        data: *const c_void,
        size: usize,
        options: *const duomo_open_options,
        error: *mut duomo_error,
    ) -> duomo_status;
    pub fn duomo_model_open_descriptor(
        out: *mut *mut duomo_model,
        descriptor: i32,
        offset: u64,
        length: u64,
        options: *const duomo_open_options,
        error: *mut duomo_error,
    ) -> duomo_status;
    pub fn duomo_model_retain(model: *mut duomo_model);
    pub fn duomo_model_release(model: *mut duomo_model);
    pub fn duomo_model_get_info(
        out: *mut duomo_model_info,
        model: *const duomo_model,
        error: *mut duomo_error,
    ) -> duomo_status;
    pub fn duomo_model_get_input(
        out: *mut duomo_input_info,
        model: *const duomo_model,
        index: u64,
        error: *mut duomo_error,
    ) -> duomo_status;
    pub fn duomo_model_get_input_value(
        text: *mut duomo_text,
        integer: *mut i64,
        model: *const duomo_model,
        input: u64,
        index: u64,
        error: *mut duomo_error,
    ) -> duomo_status;
    pub fn duomo_model_metadata(
        value: *mut duomo_text,
        model: *const duomo_model,
        key: *const c_char,
        error: *mut duomo_error,
    ) -> duomo_status;
    pub fn duomo_model_metadata_at(
        key: *mut duomo_text,
        value: *mut duomo_text,
        model: *const duomo_model,
        index: u64,
        error: *mut duomo_error,
    ) -> duomo_status;

    pub fn duomo_model_slot_create(
        out: *mut *mut duomo_model_slot,
        model: *mut duomo_model,
        error: *mut duomo_error,
    ) -> duomo_status;
    pub fn duomo_model_slot_release(slot: *mut duomo_model_slot);
    pub fn duomo_model_slot_set(
        slot: *mut duomo_model_slot,
        model: *mut duomo_model,
        error: *mut duomo_error,
    ) -> duomo_status;
    pub fn duomo_model_slot_get(slot: *mut duomo_model_slot) -> *mut duomo_model;

    pub fn duomo_id_of_string(key: *const c_char) -> i64;
    pub fn duomo_item_id_at(
        id: *mut i64,
        model: *const duomo_model,
        row: u64,
        error: *mut duomo_error,
    ) -> duomo_status;
    pub fn duomo_user_id_at(
        id: *mut i64,
        model: *const duomo_model,
        row: u64,
        error: *mut duomo_error,
    ) -> duomo_status;
    pub fn duomo_item_id_of_key(
        id: *mut i64,
        model: *const duomo_model,
        key: *const c_char,
        error: *mut duomo_error,
    ) -> duomo_status;
    pub fn duomo_user_id_of_key(
        id: *mut i64,
        model: *const duomo_model,
        key: *const c_char,
        error: *mut duomo_error,
    ) -> duomo_status;
    pub fn duomo_item_key(
        key: *mut duomo_text,
        model: *const duomo_model,
        id: i64,
        error: *mut duomo_error,
    ) -> duomo_status;
    pub fn duomo_user_key(
        key: *mut duomo_text,
        model: *const duomo_model,
        id: i64,
        error: *mut duomo_error,
    ) -> duomo_status;
    pub fn duomo_ids_of_keys(
        ids: *mut i64,
        model: *const duomo_model,
        scope: i32,
        keys: *const *const c_char,
        n: usize,
        error: *mut duomo_error,
    ) -> duomo_status;
    pub fn duomo_keys_of_ids(
        keys: *mut duomo_text,
        model: *const duomo_model,
        scope: i32,
        ids: *const i64,
        n: usize,
        error: *mut duomo_error,
    ) -> duomo_status;
    pub fn duomo_item_titles(
        titles: *mut duomo_text,
        model: *const duomo_model,
        ids: *const i64,
        n: usize,
        error: *mut duomo_error,
    ) -> duomo_status;
    pub fn duomo_item_title(
        title: *mut duomo_text,
        model: *const duomo_model,
        id: i64,
        error: *mut duomo_error,
    ) -> duomo_status;

    pub fn duomo_model_get_attribute(
        out: *mut duomo_attribute_info,
        model: *const duomo_model,
        index: u64,
        error: *mut duomo_error,
    ) -> duomo_status;
    pub fn duomo_attribute_numbers(
        values: *mut f64,
        model: *const duomo_model,
        attribute: *const c_char,
        item_ids: *const i64,
        n: usize,
        error: *mut duomo_error,
    ) -> duomo_status;
    pub fn duomo_attribute_integers(
        values: *mut i64,
        model: *const duomo_model,
        attribute: *const c_char,
        item_ids: *const i64,
        n: usize,
        error: *mut duomo_error,
    ) -> duomo_status;
    pub fn duomo_attribute_texts(
        values: *mut duomo_text,
        model: *const duomo_model,
        attribute: *const c_char,
        item_ids: *const i64,
        n: usize,
        error: *mut duomo_error,
    ) -> duomo_status;
    pub fn duomo_attribute_set(
        count: *mut usize,
        texts: *mut duomo_text,
        capacity: usize,
        model: *const duomo_model,
        attribute: *const c_char,
        item_id: i64,
        error: *mut duomo_error,
    ) -> duomo_status;

    pub fn duomo_item_set_from_ids(
        out: *mut *mut duomo_item_set,
        model: *mut duomo_model,
        ids: *const i64,
        keys: *const *const c_char,
        n: usize,
        error: *mut duomo_error,
    ) -> duomo_status;
    pub fn duomo_item_set_from_filters(
        out: *mut *mut duomo_item_set,
        model: *mut duomo_model,
        filters: *const duomo_filter,
        n: usize,
        error: *mut duomo_error,
    ) -> duomo_status;
    pub fn duomo_item_set_combine(
        out: *mut *mut duomo_item_set,
        mode: i32,
        sets: *const *const duomo_item_set,
        n: usize,
        error: *mut duomo_error,
    ) -> duomo_status;
    pub fn duomo_item_set_retain(set: *mut duomo_item_set);
    pub fn duomo_item_set_release(set: *mut duomo_item_set);
    pub fn duomo_item_set_count(set: *const duomo_item_set) -> u64;
    pub fn duomo_item_set_contains(set: *const duomo_item_set, item_id: i64) -> i32;

    pub fn duomo_context_create(
        out: *mut *mut duomo_context,
        model: *mut duomo_model,
        options: *const duomo_context_options,
        error: *mut duomo_error,
    ) -> duomo_status;
    pub fn duomo_context_release(context: *mut duomo_context);
    pub fn duomo_context_trim(context: *mut duomo_context);

    pub fn duomo_features_create(
        out: *mut *mut duomo_features,
        model: *mut duomo_model,
        scope: i32,
        count: usize,
        error: *mut duomo_error,
    ) -> duomo_status;
    pub fn duomo_features_release(features: *mut duomo_features);
    pub fn duomo_features_set_strict(
        features: *mut duomo_features,
        strict: i32,
        error: *mut duomo_error,
    ) -> duomo_status;
    pub fn duomo_features_set_integers(
        features: *mut duomo_features,
        input: *const c_char,
        values: *const i64,
        error: *mut duomo_error,
    ) -> duomo_status;
    pub fn duomo_features_set_strings(
        features: *mut duomo_features,
        input: *const c_char,
        values: *const *const c_char,
        error: *mut duomo_error,
    ) -> duomo_status;
    pub fn duomo_features_set_numbers(
        features: *mut duomo_features,
        input: *const c_char,
        values: *const f32,
        error: *mut duomo_error,
    ) -> duomo_status;
    pub fn duomo_features_set_integer_lists(
        features: *mut duomo_features,
        input: *const c_char,
        offsets: *const usize,
        values: *const i64,
        error: *mut duomo_error,
    ) -> duomo_status;
    pub fn duomo_features_set_string_lists(
        features: *mut duomo_features,
        input: *const c_char,
        offsets: *const usize,
        values: *const *const c_char,
        error: *mut duomo_error,
    ) -> duomo_status;

    pub fn duomo_encode_users(
        vectors: *mut f32,
        context: *mut duomo_context,
        user_ids: *const i64,
        n: usize,
        error: *mut duomo_error,
    ) -> duomo_status;
    pub fn duomo_encode_items(
        vectors: *mut f32,
        context: *mut duomo_context,
        item_ids: *const i64,
        n: usize,
        error: *mut duomo_error,
    ) -> duomo_status;
    pub fn duomo_encode_features(
        vectors: *mut f32,
        context: *mut duomo_context,
        features: *const duomo_features,
        error: *mut duomo_error,
    ) -> duomo_status;

    pub fn duomo_predict(
        predictions: *mut f32,
        context: *mut duomo_context,
        user_ids: *const i64,
        item_ids: *const i64,
        n: usize,
        error: *mut duomo_error,
    ) -> duomo_status;
    pub fn duomo_predict_vectors(
        predictions: *mut f32,
        context: *mut duomo_context,
        user_vectors: *const f32,
        item_vectors: *const f32,
        n: usize,
        error: *mut duomo_error,
    ) -> duomo_status;

    pub fn duomo_topk(
        out: *mut duomo_topk_result,
        context: *mut duomo_context,
        request: *const duomo_topk_request,
        error: *mut duomo_error,
    ) -> duomo_status;
    pub fn duomo_similar(
        out: *mut duomo_topk_result,
        context: *mut duomo_context,
        request: *const duomo_topk_request,
        error: *mut duomo_error,
    ) -> duomo_status;
    pub fn duomo_users_for(
        out: *mut duomo_topk_result,
        context: *mut duomo_context,
        request: *const duomo_topk_request,
        error: *mut duomo_error,
    ) -> duomo_status;
    pub fn duomo_similar_users(
        out: *mut duomo_topk_result,
        context: *mut duomo_context,
        request: *const duomo_topk_request,
        error: *mut duomo_error,
    ) -> duomo_status;

    pub fn duomo_rank(
        predictions: *mut f32,
        context: *mut duomo_context,
        request: *const duomo_rank_request,
        error: *mut duomo_error,
    ) -> duomo_status;
}
