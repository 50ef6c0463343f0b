//! Every file of the crate stands in a layer, and uses files of layers below it alone.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

const LAYERS: [&[&str]; 11] = [
    &["numbers"],
    &["error"],
    &["lists", "strings"],
    &["filter", "ids", "info"],
    &["model"],
    &["catalogue", "features", "open", "set", "slot"],
    &["context"],
    &["pool", "rank", "result"],
    &["topk"],
    &["searches"],
    &["lib"],
];

/// The files that code names by `crate::`, and for `super::`, which is not needed, the crate's root.
fn used(text: &str) -> BTreeSet<String> {
    let code = text
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"));
    let inside = code.take_while(|line| *line != "#[cfg(test)]");
    let names = inside.flat_map(|line| {
        let files = line.split("crate::").skip(1).map(|after| {
            let end = after.find(|c: char| !c.is_alphanumeric() && c != '_');
            after[..end.unwrap_or(after.len())].to_string()
        });
        files.chain(line.contains("super::").then(|| "lib".to_string()))
    });
    names.collect()
}

#[test]
fn arrows_go_one_way() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let files: BTreeMap<String, String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| {
            let path = entry.unwrap().path();
            let name = path.file_stem().unwrap().to_str().unwrap().to_string();
            (name, std::fs::read_to_string(path).unwrap())
        })
        .collect();
    let layer_of = |name: &str| LAYERS.iter().position(|names| names.contains(&name));
    let named: BTreeSet<_> = LAYERS
        .iter()
        .flat_map(|names| names.iter().copied())
        .collect();
    assert_eq!(named, files.keys().map(String::as_str).collect());

    let mut upwards = Vec::new();
    for (name, text) in &files {
        for other in used(text) {
            // What is no file is an item of the crate's root, which stands above all.
            if layer_of(&other).unwrap_or(LAYERS.len()) >= layer_of(name).unwrap() {
                upwards.push(format!("{name} uses {other}"));
            }
        }
    }
    assert_eq!(upwards, Vec::<String>::new());
    assert!(used(&files["context"]).contains("model")); // so that it sees uses at all
}
