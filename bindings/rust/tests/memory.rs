//! Memory stays flat over a million calls. A program of its own, as it reads its own size.
#![cfg(target_os = "linux")]

mod common;

use common::open;
use duomo::{Filter, Mode, Scope, TopKRequest, TopKResult};
use std::fs;

fn resident() -> i64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status
        .lines()
        .find(|line| line.starts_with("VmRSS:"))
        .unwrap();
    line.split_whitespace()
        .nth(1)
        .unwrap()
        .parse::<i64>()
        .unwrap()
        * 1024
}

fn mapped() -> usize {
    fs::read_to_string("/proc/self/maps")
        .unwrap()
        .matches("shop.duomo")
        .count()
}

#[test]
fn memory_is_flat() {
    let model = open("shop");
    let mut context = model.context().unwrap();
    let mut features = model.features(Scope::User, 1).unwrap();
    let (mut result, mut vector) = (TopKResult::default(), [0.0; 20]);
    let maps = mapped();
    let mut run = |calls: i64| {
        for i in 0..calls {
            context.predict(i % 12 + 1, 1000).unwrap();
            if i % 10 == 0 {
                context.predict(99, 1000).unwrap_err();
                let red = Filter::strings("tags", Mode::Any, ["red"]);
                let request = TopKRequest::user(3).exclude(&[1000]).filter(red);
                context.top_k_into(&mut result, &request).unwrap();
                features.set_strings("plan", &["paid"]).unwrap();
                context.encode_features(&mut vector, &features).unwrap();
            }
            if i % 200 == 0 {
                open("shop")
                    .clone()
                    .context()
                    .unwrap()
                    .predict(3, 1006)
                    .unwrap();
            }
        }
    };
    run(50_000);
    let before = resident();
    run(1_000_000);
    let grown = resident() - before;
    assert!(grown < 1 << 20, "{grown} bytes more");
    assert_eq!(mapped(), maps);
}
