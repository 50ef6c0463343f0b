//! Where the models are, and what every test does with them.
#![allow(dead_code)] // each test uses some

use duomo::{Error, Model, Status};
use std::path::PathBuf;

fn folder(variable: &str) -> PathBuf {
    std::env::var(variable)
        .unwrap_or_else(|_| panic!("set {variable}, as bindings/rust/check does"))
        .into()
}

/// What tests/abi/make_fixtures.cc of the project writes.
pub fn model_path(name: &str) -> PathBuf {
    folder("DUOMO_TEST_MODELS").join(format!("{name}.duomo"))
}

/// tests/golden of the project: a folder for every version of the container.
pub fn golden() -> Vec<PathBuf> {
    let versions: Vec<PathBuf> = std::fs::read_dir(folder("DUOMO_TEST_GOLDEN"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_dir())
        .collect();
    assert!(versions.len() >= 2);
    versions
}

pub fn open(name: &str) -> Model {
    Model::open(model_path(name)).unwrap()
}

#[track_caller]
pub fn fails<T>(status: Status, part: &str, result: Result<T, Error>) {
    let error = result.err().expect("a failure");
    assert_eq!(error.status(), status, "{error}");
    assert!(
        error.message().contains(part),
        "{error} does not say {part:?}"
    );
    assert_eq!(error.to_string(), error.message());
}

#[track_caller]
pub fn close(got: &[f32], want: &[f32]) {
    assert_eq!(got.len(), want.len());
    for (a, b) in got.iter().zip(want) {
        assert!(
            (a - b).abs() <= 1e-5 * b.abs().max(1.0),
            "{got:?}\n{want:?}"
        );
    }
}
