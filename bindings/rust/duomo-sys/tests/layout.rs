//! What the C compiler makes of the installed duomo.h is what the crate declares: sizes, offsets,
//! constants, values of the _INIT macros; and every function of the header is declared.
//! Needs a C compiler: `cc`, or what the environment calls CC.

use duomo_sys::*;
use std::collections::BTreeSet;
use std::mem::{align_of, offset_of, size_of};
use std::process::Command;
use std::{env, fs, slice};

/// A line "expression value" each for Rust, and the C expression to be printed.
#[derive(Default)]
struct Facts(Vec<(String, u64)>);

macro_rules! layout {
    ($facts:ident, $($name:ident { $($field:ident)* })*) => {$(
        $facts.add(format!("sizeof({})", stringify!($name)), size_of::<$name>());
        $facts.add(format!("_Alignof({})", stringify!($name)), align_of::<$name>());
        $($facts.add(
            format!("offsetof({}, {})", stringify!($name), stringify!($field)),
            offset_of!($name, $field),
        );
        $facts.add(
            format!("sizeof((({} *)0)->{})", stringify!($name), stringify!($field)),
            field_size(|all: &$name| &all.$field),
        );)*
    )*};
}

macro_rules! constants {
    ($facts:ident, $($name:ident)*) => {
        $($facts.add(stringify!($name).to_string(), $name as usize);)*
    };
}

macro_rules! inits {
    ($facts:ident, $inits:ident, $($name:ident $init:ident)*) => {$(
        for (at, byte) in bytes_of(&$init).iter().enumerate() {
            $facts.add(format!("((unsigned char *)&{}_)[{at}]", stringify!($name)), *byte as usize);
        }
        $inits.push_str(&format!("static {} {0}_ = {};\n", stringify!($name), stringify!($init)));
    )*};
}

fn field_size<T, F>(_: impl Fn(&T) -> &F) -> usize {
    size_of::<F>()
}

/// None of the structs that it is used for has padding: the header is compiled with -Wpadded.
fn bytes_of<T>(value: &T) -> &[u8] {
    unsafe { slice::from_raw_parts((value as *const T).cast(), size_of::<T>()) }
}

impl Facts {
    fn add(&mut self, expression: String, value: usize) {
        self.0.push((expression, value as u64));
    }
}

fn header_folder() -> String {
    env!("DUOMO_HEADER_FOLDER").to_string()
}

#[test]
fn layout() {
    let mut facts = Facts::default();
    layout! { facts,
        duomo_error { struct_size status message kind argument position }
        duomo_allocator { allocate release data }
        duomo_open_options { struct_size flags backend reserved allocator }
        duomo_text { data size }
        duomo_model_info { struct_size head user_count item_count vector_width input_count
            file_size has_user_vectors has_history has_titles copied name unit minimum_output
            maximum_output fingerprint attribute_count metadata_count }
        duomo_input_info { struct_size scope kind keys vocabulary_size name }
        duomo_attribute_info { struct_size kind value_count name }
        duomo_context_options { struct_size unknown_ids threads reserved parallel_for
            parallel_data allocator cancelled }
        duomo_filter { struct_size mode input strings integers value_count minimum
            maximum flags reserved }
        duomo_limit { struct_size at_most input }
        duomo_topk_request { struct_size flags count ids vectors features history_offsets
            history_ids k exclude_offsets exclude_ids allow_ids allow_count filters filter_count
            minimum_score reserved probes keys history_keys exclude_keys allow_keys history_weights
            shared_exclude_ids shared_exclude_keys shared_exclude_count k_each allow_set
            allow_sets limits limit_count }
        duomo_topk_result { struct_size reserved ids scores counts keys titles }
        duomo_rank_request { struct_size flags user_id user_features item_ids item_features
            pair_features history_ids history_count n user_key item_keys history_keys }
    }
    constants! { facts,
        DUOMO_OK DUOMO_INVALID_ARGUMENT DUOMO_NOT_FOUND DUOMO_OUT_OF_MEMORY DUOMO_IO_ERROR
        DUOMO_CORRUPT DUOMO_UNSUPPORTED_VERSION DUOMO_UNSUPPORTED DUOMO_INTERNAL DUOMO_CANCELLED
        DUOMO_KIND_NULL DUOMO_KIND_STRUCT_SIZE DUOMO_KIND_VALUE DUOMO_KIND_CONFLICT
        DUOMO_KIND_OFFSETS DUOMO_KIND_NOT_UTF8 DUOMO_KIND_NOT_FINITE DUOMO_KIND_UNKNOWN_ID
        DUOMO_KIND_UNKNOWN_NAME DUOMO_KIND_UNKNOWN_VALUE DUOMO_KIND_LACKING
        DUOMO_ARGUMENT_OUT DUOMO_ARGUMENT_MODEL DUOMO_ARGUMENT_CONTEXT DUOMO_ARGUMENT_OPTIONS
        DUOMO_ARGUMENT_FILE DUOMO_ARGUMENT_REQUEST DUOMO_ARGUMENT_USERS DUOMO_ARGUMENT_ITEMS
        DUOMO_ARGUMENT_QUERIES DUOMO_ARGUMENT_FEATURES DUOMO_ARGUMENT_HISTORY
        DUOMO_ARGUMENT_EXCLUDE DUOMO_ARGUMENT_ALLOW DUOMO_ARGUMENT_FILTERS
        DUOMO_ARGUMENT_LIMITS DUOMO_ARGUMENT_NAME DUOMO_ARGUMENT_VALUES DUOMO_NO_POSITION
        DUOMO_OPEN_COPY
        DUOMO_OPEN_VERIFY DUOMO_OPEN_PREPARE DUOMO_BACKEND_DEFAULT DUOMO_BACKEND_ONEDNN
        DUOMO_BACKEND_PORTABLE
        DUOMO_HEAD_COSINE DUOMO_HEAD_DOT DUOMO_HEAD_LOGISTIC DUOMO_USER DUOMO_ITEM DUOMO_PAIR
        DUOMO_INPUT_CATEGORY DUOMO_INPUT_CATEGORY_SET DUOMO_INPUT_TEXT DUOMO_INPUT_HISTORY
        DUOMO_INPUT_NUMBER DUOMO_KEYS_RANGE DUOMO_KEYS_INTEGER DUOMO_KEYS_STRING
        DUOMO_ATTRIBUTE_CATEGORY DUOMO_ATTRIBUTE_SET DUOMO_ATTRIBUTE_INTEGER
        DUOMO_ATTRIBUTE_NUMBER DUOMO_ATTRIBUTE_TIME
        DUOMO_UNKNOWN_IS_ERROR DUOMO_UNKNOWN_IS_MARKED DUOMO_ANY DUOMO_ALL DUOMO_NONE
        DUOMO_RANGE DUOMO_ABOVE_MINIMUM DUOMO_BELOW_MAXIMUM DUOMO_STRICT_VALUES
        DUOMO_EXCLUDE_SEEN DUOMO_MINIMUM_SCORE DUOMO_APPROXIMATE DUOMO_ALLOW_LISTED
        DUOMO_RANK_USER_ID
    }
    let mut program = String::from("#include <duomo/duomo.h>\n#include <stdio.h>\n");
    inits! { facts, program,
        duomo_error DUOMO_ERROR_INIT
        duomo_open_options DUOMO_OPEN_OPTIONS_INIT
        duomo_model_info DUOMO_MODEL_INFO_INIT
        duomo_input_info DUOMO_INPUT_INFO_INIT
        duomo_attribute_info DUOMO_ATTRIBUTE_INFO_INIT
        duomo_context_options DUOMO_CONTEXT_OPTIONS_INIT
        duomo_filter DUOMO_FILTER_INIT
        duomo_limit DUOMO_LIMIT_INIT
        duomo_topk_request DUOMO_TOPK_REQUEST_INIT
        duomo_topk_result DUOMO_TOPK_RESULT_INIT
        duomo_rank_request DUOMO_RANK_REQUEST_INIT
    }
    program.push_str("int main(void) {\n");
    for (expression, _) in &facts.0 {
        program.push_str(&format!(
            "  printf(\"%llu\\n\", (unsigned long long)({expression}));\n"
        ));
    }
    program.push_str("  return 0;\n}\n");

    let folder = env::temp_dir().join(format!("duomo-layout-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("layout.c"), program).unwrap();
    let compiler = env::var("CC").unwrap_or_else(|_| "cc".into());
    let compiled = Command::new(compiler)
        .current_dir(&folder)
        .args([
            "-std=c11",
            "-I",
            &header_folder(),
            "layout.c",
            "-o",
            "layout",
        ])
        .output()
        .expect("a C compiler");
    assert!(
        compiled.status.success(),
        "{}",
        String::from_utf8_lossy(&compiled.stderr)
    );
    let printed = Command::new(folder.join("layout")).output().unwrap();
    fs::remove_dir_all(&folder).unwrap();

    let printed = String::from_utf8(printed.stdout).unwrap();
    let values: Vec<u64> = printed.lines().map(|line| line.parse().unwrap()).collect();
    assert_eq!(values.len(), facts.0.len());
    for ((expression, here), there) in facts.0.iter().zip(values) {
        assert_eq!(*here, there, "{expression}");
    }
}

#[test]
fn every_name_is_declared() {
    let header = fs::read_to_string(header_folder() + "/duomo/duomo.h").unwrap();
    let source = concat!(
        include_str!("../src/constants.rs"),
        include_str!("../src/functions.rs"),
        include_str!("../src/structs.rs"),
    );
    let words = |text: &str, begin: &str| -> BTreeSet<String> {
        text.split(|c: char| !c.is_alphanumeric() && c != '_')
            .filter(|word| word.starts_with(begin))
            .map(str::to_string)
            .collect()
    };
    // Comments go; so do what only C needs and what only the header can know.
    let mut code = String::new();
    for part in header.split("/*") {
        code.push_str(part.split_once("*/").map_or(part, |(_, rest)| rest));
    }
    for begin in ["duomo_", "DUOMO_"] {
        let missing: Vec<String> = words(&code, begin)
            .difference(&words(source, begin))
            .filter(|name| {
                ![
                    "DUOMO_API",
                    "DUOMO_BUILDING",
                    "DUOMO_CALL",
                    "DUOMO_DUOMO_H_",
                    "DUOMO_STATIC",
                ]
                .contains(&name.as_str())
                    && !name.starts_with("DUOMO_VERSION_")
            })
            .cloned()
            .collect();
        assert!(missing.is_empty(), "not declared: {missing:?}");
    }
}
