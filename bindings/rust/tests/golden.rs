//! The vectors that every binding shares, bit for bit; and the files that must be refused.

mod common;

use common::{fails, golden};
use duomo::{Context, Model, OpenOptions, Status, TopKRequest, TopKResult};
use serde_json::Value;
use std::fs;

fn ids(value: &Value) -> Vec<i64> {
    value
        .as_array()
        .unwrap()
        .iter()
        .map(|id| id.as_i64().unwrap())
        .collect()
}

fn bits(value: &Value) -> Vec<u32> {
    let number = |v: &Value| u32::from_str_radix(v.as_str().unwrap(), 16).unwrap();
    value.as_array().unwrap().iter().map(number).collect()
}

fn bits_of(values: &[f32]) -> Vec<u32> {
    values.iter().map(|value| value.to_bits()).collect()
}

fn check_results(result: &TopKResult, case: &Value) {
    let (want_ids, want_scores) = (
        case["ids"].as_array().unwrap(),
        case["scores"].as_array().unwrap(),
    );
    assert_eq!(result.len(), want_ids.len());
    for query in 0..result.len() {
        assert_eq!(result.ids(query), ids(&want_ids[query]));
        assert_eq!(bits_of(result.scores(query)), bits(&want_scores[query]));
    }
}

fn check(context: &mut Context, width: usize, case: &Value) {
    let exclude = |case: &Value| {
        let lists = case["exclude"].as_array().unwrap();
        duomo::ListsBuf::new(lists.iter().map(ids))
    };
    let k = || case["k"].as_u64().unwrap() as usize;
    match case["call"].as_str().unwrap() {
        "predict" => {
            let (users, items) = (ids(&case["users"]), ids(&case["items"]));
            let want = bits(&case["predictions"]);
            let mut out = vec![0.0; users.len()];
            context.predict_pairs(&mut out, &users, &items).unwrap();
            assert_eq!(bits_of(&out), want);
            for i in 0..users.len() {
                assert_eq!(
                    context.predict(users[i], items[i]).unwrap().to_bits(),
                    want[i]
                );
            }
        }
        "encode_users" => {
            let users = ids(&case["ids"]);
            let mut out = vec![0.0; users.len() * width];
            context.encode_users(&mut out, &users).unwrap();
            assert_eq!(bits_of(&out), bits(&case["vectors"]));
        }
        "encode_items" => {
            let items = ids(&case["ids"]);
            let mut out = vec![0.0; items.len() * width];
            context.encode_items(&mut out, &items).unwrap();
            assert_eq!(bits_of(&out), bits(&case["vectors"]));
        }
        "topk" => {
            let (users, lists) = (ids(&case["users"]), exclude(case));
            let request = TopKRequest::users(&users)
                .k(k())
                .exclude_each(lists.as_lists());
            check_results(&context.top_k(&request).unwrap(), case);
        }
        "similar" => {
            let (items, lists) = (ids(&case["items"]), exclude(case));
            let request = TopKRequest::items(&items)
                .k(k())
                .exclude_each(lists.as_lists());
            check_results(&context.similar(&request).unwrap(), case);
        }
        other => panic!("unknown call {other}"),
    }
}

#[test]
fn vectors() {
    for version in golden() {
        let text = fs::read(version.join("vectors.json")).unwrap();
        let file: Value = serde_json::from_slice(&text).unwrap();
        let cases = file["cases"].as_array().unwrap();
        assert!(cases.len() >= 7);
        for case in cases {
            let name = case["model"].as_str().unwrap();
            let model = Model::open(version.join("good").join(name)).unwrap();
            let width = model.info().unwrap().vector_width;
            check(&mut model.context().unwrap(), width, case);
        }
    }
}

#[test]
fn bad_files() {
    let mut files = 0;
    let folders = golden().into_iter().map(|version| version.join("bad"));
    for entry in folders.flat_map(|bad| fs::read_dir(bad).unwrap()) {
        let path = entry.unwrap().path();
        let newer = path.file_name().unwrap() == "newer.duomo";
        let status = if newer {
            Status::UnsupportedVersion
        } else {
            Status::Corrupt
        };
        let mut options = OpenOptions::new();
        options.verify(true);
        fails(status, "", options.open(&path));
        fails(status, "", options.open_bytes(&fs::read(&path).unwrap()));
        files += 1;
    }
    assert!(files >= 26);
}
