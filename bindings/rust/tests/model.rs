//! Opening, information, keys and titles.

mod common;

use common::{fails, model_path, open};
use duomo::{Backend, Head, InputKind, Keys, Model, OpenOptions, Scope, Status};
use std::fs;

#[test]
fn info() {
    let info = open("shop").info().unwrap();
    assert_eq!(
        (info.name.as_str(), info.unit.as_str(), info.head),
        ("shop", "stars", Head::Cosine)
    );
    assert_eq!((info.user_count, info.item_count), (12, 40));
    assert_eq!((info.vector_width, info.input_count), (20, 6));
    assert_eq!(
        info.file_size,
        fs::metadata(model_path("shop")).unwrap().len()
    );
    assert!(info.has_user_vectors && info.has_history && info.has_titles && !info.copied);
    assert_eq!((info.minimum_output, info.maximum_output), (0.0, 5.0));
    assert!(duomo::build_info().starts_with(&format!("duomo {}", duomo::version())));
}

#[test]
fn inputs() {
    let inputs = open("shop").inputs().unwrap();
    let names: Vec<_> = inputs.iter().map(|input| input.name.as_str()).collect();
    assert_eq!(names, ["plan", "age", "id", "tags", "codes", "title"]);
    assert_eq!(
        (inputs[1].scope, inputs[1].kind),
        (Scope::User, InputKind::Category)
    );
    assert_eq!(
        (inputs[1].keys, inputs[1].vocabulary_size),
        (Keys::Integer, 3)
    );
    assert_eq!(
        (inputs[3].scope, inputs[3].kind),
        (Scope::Item, InputKind::CategorySet)
    );
    assert_eq!(
        (inputs[3].keys, inputs[5].kind),
        (Keys::String, InputKind::Text)
    );
    let joint = open("joint").inputs().unwrap();
    assert!(joint
        .iter()
        .any(|i| i.scope == Scope::Pair && i.kind == InputKind::Number));
}

#[test]
fn keys_and_titles() {
    let (shop, player) = (open("shop"), open("player"));
    assert_eq!(shop.item_id_at(2).unwrap(), 1006);
    assert_eq!(shop.user_id_at(11).unwrap(), 12);
    assert_eq!(shop.item_title(1006).unwrap(), "Große Lampe 2");
    let id = player.item_id_of_key("i7").unwrap();
    assert_eq!(player.item_key(id).unwrap(), "i7");
    let id = player.user_id_of_key("u3").unwrap();
    assert_eq!(player.user_key(id).unwrap(), "u3");
    fails(Status::NotFound, "40", shop.item_id_at(40));
    fails(Status::NotFound, "7", shop.item_title(7));
    fails(Status::Unsupported, "titles", player.item_title(0));
    fails(Status::Unsupported, "", shop.item_id_of_key("x"));
    fails(Status::NotFound, "nope", player.item_id_of_key("nope"));
    fails(
        Status::InvalidArgument,
        "NUL",
        player.user_id_of_key("u3\0"),
    );
}

#[test]
fn open_errors() {
    for (name, status) in [
        ("nowhere", Status::Io),
        ("truncated", Status::Corrupt),
        ("short", Status::Corrupt),
        ("corrupt", Status::Corrupt),
        ("newer", Status::UnsupportedVersion),
    ] {
        fails(status, "", Model::open(model_path(name)));
    }
    fails(Status::InvalidArgument, "NUL", Model::open("shop\0"));
    fails(Status::Corrupt, "", Model::from_bytes(&[]));
    let mut options = OpenOptions::new();
    options.backend(Backend::Other(9));
    fails(
        Status::InvalidArgument,
        "backend",
        options.open(model_path("shop")),
    );
}

#[test]
fn prepared() {
    let request = duomo::TopKRequest::user(3).k(40);
    let mut options = OpenOptions::new();
    let plain = options.open(model_path("shop")).unwrap();
    let prepared = options.prepare(true).open(model_path("shop")).unwrap();
    let want = plain.context().unwrap().top_k(&request).unwrap();
    let got = prepared.context().unwrap().top_k(&request).unwrap();
    assert_eq!((got.ids(0), got.scores(0)), (want.ids(0), want.scores(0)));
}

#[test]
fn buffers() {
    let mut bytes = fs::read(model_path("shop")).unwrap();
    let want = open("shop").context().unwrap().predict(3, 1006).unwrap();
    let model = Model::from_bytes(&bytes).unwrap();
    bytes.fill(0); // ours again
    assert!(model.info().unwrap().copied);
    assert_eq!(model.context().unwrap().predict(3, 1006).unwrap(), want);

    // In place where it is aligned, else a copy.
    #[repr(C, align(64))]
    #[derive(Clone, Copy)]
    struct Block([u8; 64]);
    let file = fs::read(model_path("shop")).unwrap();
    let blocks = vec![Block([0; 64]); file.len() / 64 + 2].leak();
    let memory = unsafe {
        std::slice::from_raw_parts_mut(blocks.as_mut_ptr().cast::<u8>(), file.len() + 64)
    };
    for (begin, copied) in [(0, false), (1, true)] {
        let place = &mut memory[begin..][..file.len()];
        place.copy_from_slice(&file);
        let place: &'static [u8] =
            unsafe { std::slice::from_raw_parts(place.as_ptr(), place.len()) };
        let model = OpenOptions::new().open_static(place).unwrap();
        assert_eq!(model.info().unwrap().copied, copied);
        assert_eq!(model.context().unwrap().predict(3, 1006).unwrap(), want);
    }
}

#[cfg(feature = "serde")]
#[test]
fn serde_round_trip() {
    let model = open("shop");
    let (info, inputs) = (model.info().unwrap(), model.inputs().unwrap());
    let text = serde_json::to_string(&info).unwrap();
    assert_eq!(serde_json::from_str::<duomo::Info>(&text).unwrap(), info);
    let text = serde_json::to_string(&inputs).unwrap();
    assert_eq!(
        serde_json::from_str::<Vec<duomo::Input>>(&text).unwrap(),
        inputs
    );
    let mut context = model.context().unwrap();
    let request = duomo::TopKRequest::user(3).k(2);
    let best = context.top_k(&request.clone().with_titles()).unwrap();
    let written = serde_json::to_value(&best).unwrap();
    let titles: Vec<_> = best.titles(0).collect();
    let hit = |at: usize| serde_json::json!({"id": best.ids(0)[at], "score": best.scores(0)[at], "title": titles[at]});
    assert_eq!(written, serde_json::json!([[hit(0), hit(1)]]));
    let written = serde_json::to_string(&context.top_k(&request).unwrap()).unwrap();
    assert!(!written.contains("title") && !written.contains("key"));

    // String keys; their ids are beyond what readers keep exactly.
    let club = open("club");
    let user = club.user_id_at(0).unwrap();
    let request = duomo::TopKRequest::user(user).k(1).with_keys();
    let best = club.context().unwrap().top_k(&request).unwrap();
    let written = serde_json::to_value(&best).unwrap();
    assert_eq!(written[0][0]["id"], best.ids(0)[0].to_string());
    assert_eq!(written[0][0]["key"], best.keys(0).next().unwrap());
}
