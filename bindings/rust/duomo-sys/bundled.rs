//! Compiles the library from `source/`, which the published crate has: see bindings/rust/bundle.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::{env, fs};

/// Returns the folder of the header.
pub fn build() -> String {
    let source = Path::new(&env::var("CARGO_MANIFEST_DIR").unwrap()).join("source");
    let list = source.join("sources.txt");
    println!("cargo:rerun-if-changed={}", list.display());
    let text = fs::read_to_string(&list).unwrap_or_else(|error| {
        panic!(
            "{}: {error}. The published crate has it; in a clone of the project, run \
             bindings/rust/bundle first.",
            list.display()
        )
    });
    let processor = env::var("CARGO_CFG_TARGET_ARCH").unwrap();
    let system = env::var("CARGO_CFG_TARGET_OS").unwrap();
    let mut by_flags: BTreeMap<&str, Vec<PathBuf>> = BTreeMap::new();
    for line in text.lines() {
        let mut words = line.splitn(3, ' ');
        if words.next() == Some(&processor) {
            let file = source.join(words.next().expect("a file in every line"));
            by_flags
                .entry(words.next().unwrap_or(""))
                .or_default()
                .push(file);
        }
    }
    assert!(
        !by_flags.is_empty() && env::var("CARGO_CFG_UNIX").is_ok(),
        "the feature `bundled` knows x86-64 and 64-bit ARM with Linux or macOS, not {processor} with {system}: \
         install libduomo instead"
    );
    // Files of one kind are compiled together, and all of them are one library.
    let mut objects = Vec::new();
    for (flags, files) in &by_flags {
        let mut build = compiler(&source);
        for flag in flags.split_whitespace() {
            build.flag(flag);
        }
        objects.extend(build.files(files).compile_intermediates());
    }
    compiler(&source).objects(objects).compile("duomo");
    source.join("include").display().to_string()
}

fn compiler(source: &Path) -> cc::Build {
    let mut build = cc::Build::new();
    build
        .cpp(true)
        .std("c++20")
        .opt_level(2) // of `cargo build`, too: nobody debugs this here, and all wait for it
        .debug(false)
        .define("NDEBUG", None)
        .warnings(false)
        .include(source)
        .include(source.join("src"))
        .include(source.join("include"))
        .include(source.join("generated"));
    // Of the crate libz-sys.
    if let Ok(folders) = env::var("DEP_Z_INCLUDE") {
        build.includes(env::split_paths(&folders));
    }
    build
}
