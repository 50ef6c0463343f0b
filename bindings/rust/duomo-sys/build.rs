//! Finds libduomo: where the environment says, else with pkg-config; or compiles it.

use std::env;

#[cfg(feature = "bundled")]
mod bundled;

fn of(name: &str) -> Option<String> {
    println!("cargo:rerun-if-env-changed={name}");
    env::var(name).ok().filter(|value| !value.is_empty())
}

fn main() {
    if of("DOCS_RS").is_some() {
        return; // documentation links nothing
    }
    #[cfg(feature = "bundled")]
    let include = Some(bundled::build());
    #[cfg(not(feature = "bundled"))]
    let include = find();
    // A header in a folder of the system needs no naming.
    let include = include.unwrap_or_else(|| "/usr/include".into());
    println!("cargo:include={include}");
    println!("cargo:rustc-env=DUOMO_HEADER_FOLDER={include}");
}

/// Links the library that is installed, and returns the folder of the header, where it is known.
#[cfg(not(feature = "bundled"))]
fn find() -> Option<String> {
    let statically = of("DUOMO_STATIC").is_some_and(|value| value != "0");
    match of("DUOMO_LIB_DIR") {
        Some(folder) => {
            println!("cargo:rustc-link-search=native={folder}");
            if statically {
                println!("cargo:rustc-link-lib=static=duomo");
                let needed = of("DUOMO_STATIC_LIBS").unwrap_or_else(|| "stdc++ m z".into());
                for library in needed.split_whitespace() {
                    println!("cargo:rustc-link-lib={library}");
                }
            } else {
                println!("cargo:rustc-link-lib=duomo");
            }
            of("DUOMO_INCLUDE_DIR")
        }
        None => {
            let found = pkg_config::Config::new()
                .atleast_version("0.1")
                .statik(statically)
                .probe("duomo")
                .unwrap_or_else(|error| {
                    panic!(
                        "libduomo was not found. Install it and, where it is in no folder of the \
                         system, set PKG_CONFIG_PATH to the folder of duomo.pc, or DUOMO_LIB_DIR \
                         to that of the library.\n{error}"
                    )
                });
            let folder = found
                .include_paths
                .first()
                .map(|path| path.display().to_string());
            of("DUOMO_INCLUDE_DIR").or(folder)
        }
    }
}
