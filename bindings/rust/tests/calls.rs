//! Every kind of call, right and wrong.

mod common;

use common::{close, fails, open};
use duomo::{
    Context, ContextOptions, Filter, Lists, ListsBuf, Mode, Model, RankRequest, Scope, Status,
    TopKRequest, TopKResult, UnknownIds,
};

fn marking(model: &Model) -> Context {
    let mut options = ContextOptions::new();
    options.unknown_ids(UnknownIds::Marked);
    model.context_with(&options).unwrap()
}

/// Of any number of threads the results are the same.
#[test]
fn threads() {
    let model = open("shop");
    let users: Vec<i64> = (0..5000).map(|i| i % 12 + 1).collect();
    let request = TopKRequest::users(&users).k(7);
    let want = model.context().unwrap().top_k(&request).unwrap();
    for threads in [1, 2, 3] {
        let mut options = ContextOptions::new();
        let mut context = model.context_with(options.threads(threads)).unwrap();
        let got = context.top_k(&request).unwrap();
        for query in 0..users.len() {
            assert_eq!(got.ids(query), want.ids(query));
            assert_eq!(got.scores(query), want.scores(query));
        }
    }
    let mut options = ContextOptions::new();
    fails(
        Status::InvalidArgument,
        "threads",
        model.context_with(options.threads(100_000)),
    );
}

#[test]
fn predict() {
    let model = open("shop");
    let mut context = model.context().unwrap();
    let (users, items) = ([1, 2, 3], [1000, 1003, 1006]);
    let (mut out, mut again, mut ranked) = ([0.0; 3], [0.0; 3], [0.0; 3]);
    context.predict_pairs(&mut out, &users, &items).unwrap();
    context.predict_pairs(&mut [], &[], &[]).unwrap();
    let (mut user_vectors, mut item_vectors) = ([0.0; 60], [0.0; 60]);
    context.encode_users(&mut user_vectors, &users).unwrap();
    context.encode_items(&mut item_vectors, &items).unwrap();
    context
        .predict_vectors(&mut again, &user_vectors, &item_vectors)
        .unwrap();
    assert_eq!(out, again);
    context
        .rank(&mut ranked, &RankRequest::user(2).items(&items))
        .unwrap();
    assert_eq!(ranked[1], out[1]);
    for i in 0..3 {
        assert_eq!(context.predict(users[i], items[i]).unwrap(), out[i]);
    }
    fails(Status::NotFound, "user_ids[0]", context.predict(99, 1000));
    let mut marking = marking(&model);
    marking
        .predict_pairs(&mut again, &[1, 99, 3], &items)
        .unwrap();
    assert!(again[0] == out[0] && again[1].is_nan() && again[2] == out[2]);
}

#[test]
fn wrong_lengths() {
    let mut context = open("shop").context().unwrap();
    let (mut out, ids) = ([0.0; 3], [1, 2, 3]);
    let wrong = Status::InvalidArgument;
    fails(
        wrong,
        "3 users and 2 items",
        context.predict_pairs(&mut out, &ids, &ids[..2]),
    );
    fails(
        wrong,
        "2 predictions",
        context.predict_pairs(&mut out[..2], &ids, &ids),
    );
    fails(
        wrong,
        "vectors: 3 floats",
        context.encode_users(&mut out, &ids),
    );
    fails(
        wrong,
        "vectors: 3 floats",
        context.encode_items(&mut out, &ids),
    );
    fails(
        wrong,
        "users: 3 floats",
        context.predict_vectors(&mut out, &[0.0; 3], &[0.0; 60]),
    );
    fails(
        wrong,
        "items: 3 floats",
        context.predict_vectors(&mut out, &[0.0; 60], &[0.0; 3]),
    );
    fails(
        wrong,
        "3 predictions of 2",
        context.rank(&mut out, &RankRequest::user(1).items(&ids[..2])),
    );
    for (offsets, values) in [(&[0, 2][..], 1), (&[1, 1], 1), (&[0, 2, 1], 1), (&[], 0)] {
        fails(wrong, "offsets", Lists::new(offsets, &vec![0i64; values]));
    }
}

#[test]
fn top_k() {
    let model = open("shop");
    let mut context = model.context().unwrap();
    let every = context.top_k(&TopKRequest::user(3).k(usize::MAX)).unwrap();
    let all = every.ids(0).to_vec();
    assert_eq!(all.len(), 40);
    assert!(every.scores(0).windows(2).all(|pair| pair[0] >= pair[1]));
    for (id, score) in every.query(0) {
        assert_eq!(context.predict(3, id).unwrap(), score);
    }

    let mut result = TopKResult::default();
    let mut top = |request: TopKRequest| {
        context.top_k_into(&mut result, &request).unwrap();
        result.ids(0).to_vec()
    };
    assert_eq!(top(TopKRequest::user(3)), all[..10]);
    assert_eq!(top(TopKRequest::user(3).k(40).exclude(&all[..5])), all[5..]);
    let unseen = top(TopKRequest::user(3).k(40).exclude_seen());
    assert!(unseen.len() == 38 && !unseen.contains(&1006) && !unseen.contains(&1009));
    assert_eq!(top(TopKRequest::user(3).allow(&[1000, 7, 1039])).len(), 2);
    assert_eq!(top(TopKRequest::user(3).allow(&[0i64; 0])).len(), 0);
    assert_eq!(
        top(TopKRequest::user(3).minimum_score(every.scores(0)[3])),
        all[..4]
    );
    let red = Filter::strings("tags", Mode::All, ["red"]);
    assert_eq!(top(TopKRequest::user(3).k(40).filter(red)).len(), 14);
    let blue = Filter::strings("tags", Mode::None, vec!["red".to_string(), "green".into()]);
    let mauve = Filter::strings("tags", Mode::Any, ["mauve"]); // no item has it
    assert_eq!(top(TopKRequest::user(3).filter(mauve)).len(), 0);
    let coded = Filter::integers("codes", Mode::Any, [7, 8]);
    assert_eq!(
        top(TopKRequest::user(3).k(40).filter(blue).filter(coded)).len(),
        13
    );

    for probes in [0, 1, usize::MAX] {
        // no lists: exact
        assert_eq!(top(TopKRequest::user(3).k(40).approximate(probes)), all);
    }

    let mut vector = [0.0; 20];
    context.encode_users(&mut vector, &[3]).unwrap();
    let same = context.top_k(&TopKRequest::vectors(&vector)).unwrap();
    assert_eq!(same.ids(0), &all[..10]);

    let lists = ListsBuf::new([[1000], [1000]]);
    let shared = context
        .top_k(&TopKRequest::users(&[3, 4]).exclude(&[1000]))
        .unwrap();
    let each = TopKRequest::users(&[3, 4]).exclude_each(lists.as_lists());
    let each = context.top_k(&each).unwrap();
    for query in 0..2 {
        assert_eq!(shared.ids(query), each.ids(query));
        assert!(!shared.ids(query).contains(&1000));
    }
    assert!(context
        .top_k(&TopKRequest::users(&[0i64; 0]))
        .unwrap()
        .is_empty());
    let mut marking = marking(&model);
    let marked = marking.top_k(&TopKRequest::users(&[99, 3])).unwrap();
    assert_eq!((marked.ids(0).len(), marked.ids(1).len()), (0, 10));
}

#[test]
fn top_k_errors() {
    let mut context = open("shop").context().unwrap();
    let wrong = Status::InvalidArgument;
    let user = || TopKRequest::user(1);
    let one = ListsBuf::new([[1]]);
    let filter =
        |input: &str, mode, value: &str| user().filter(Filter::strings(input, mode, [value]));
    for (status, part, request) in [
        (wrong, "k is 0", user().k(0)),
        (wrong, "NaN", user().minimum_score(f32::NAN)),
        (wrong, "19 floats", TopKRequest::vectors(&[0.0; 19])),
        (
            wrong,
            "1 lists for 2",
            TopKRequest::users(&[1, 2]).exclude_each(one.as_lists()),
        ),
        (wrong, "NUL", filter("tags", Mode::Any, "a\0")),
        (wrong, "NUL", filter("ta\0gs", Mode::Any, "a")),
        (wrong, "mode", filter("tags", Mode::Other(7), "red")),
        (
            wrong,
            "strings",
            user().filter(Filter::integers("tags", Mode::Any, [1])),
        ),
        (
            Status::NotFound,
            "mauve",
            user().filter(Filter::strings("tags", Mode::Any, ["mauve"]).strict()),
        ),
        (Status::NotFound, "nope", filter("nope", Mode::Any, "red")),
        (Status::NotFound, "99", TopKRequest::users(&[1, 99])),
    ] {
        let mut result = TopKResult::default();
        fails(status, part, context.top_k_into(&mut result, &request));
        assert!(result.is_empty());
    }
    fails(
        wrong,
        "seen",
        context.similar(&TopKRequest::item(1000).exclude_seen()),
    );
    let mut joint = open("joint").context().unwrap();
    fails(Status::Unsupported, "", joint.top_k(&user()));
    fails(Status::Unsupported, "use rank", joint.predict(1, 1));
}

#[test]
fn similar() {
    let mut context = open("shop").context().unwrap();
    let like = context.similar(&TopKRequest::items(&[1000]).k(3)).unwrap();
    assert!(like.ids(0).len() == 3 && !like.ids(0).contains(&1000));
    let mut vector = [0.0; 20];
    context.encode_items(&mut vector, &[1000]).unwrap();
    let itself = context
        .similar(&TopKRequest::vectors(&vector).k(1))
        .unwrap();
    assert_eq!(itself.ids(0), [1000]);
    close(itself.scores(0), &[1.0]);
}

#[test]
fn histories() {
    let mut context = open("player").context().unwrap();
    let said = ListsBuf::new([["i3", "i4", "nobody"]]);
    let known = context
        .top_k(&TopKRequest::user("u3").exclude_seen())
        .unwrap();
    let request = TopKRequest::user("u3")
        .exclude_seen()
        .with_histories(said.as_lists());
    let again = context.top_k(&request).unwrap();
    assert_eq!(
        (known.ids(0), known.scores(0)),
        (again.ids(0), again.scores(0))
    );
    let two = ListsBuf::new([vec!["i3", "i4"], vec![]]);
    let alone = TopKRequest::histories(two.as_lists()).k(40).exclude_seen();
    let alone = context.top_k(&alone).unwrap();
    assert_eq!((alone.ids(0).len(), alone.ids(1).len()), (38, 40));
    let one = context
        .top_k(
            &TopKRequest::history(&["i3", "i4"])
                .k(40)
                .exclude_seen()
                .with_keys(),
        )
        .unwrap();
    assert_eq!(one.ids(0), alone.ids(0));
    assert!(one.keys(0).all(|key| key != "i3" && key != "i4"));
    let ids = [
        duomo::id_of_key("i3").unwrap(),
        duomo::id_of_key("i4").unwrap(),
    ];
    let same = context
        .top_k(&TopKRequest::history(&ids).k(40).exclude_seen())
        .unwrap();
    assert_eq!(same.ids(0), one.ids(0));
}

/// The values that the file has, said again, give the vectors that it has.
#[test]
fn features() {
    let model = open("shop");
    let mut context = model.context().unwrap();
    let mut items = model.features(Scope::Item, 3).unwrap();
    let tags = ListsBuf::new([["red"], ["red"], ["green"]]);
    let codes = ListsBuf::new([[9], [9], [7]]);
    items
        .set_integers("id", &[1000, 1009, 1012])
        .and_then(|f| f.set_string_lists("tags", tags.as_lists()))
        .and_then(|f| f.set_integer_lists("codes", codes.as_lists()))
        .and_then(|f| {
            f.set_strings(
                "title",
                &["The  BLAU\tlamp", "the große chair", "the blau lamp"],
            )
        })
        .unwrap();
    let (mut known, mut raw) = ([0.0; 60], [0.0; 60]);
    context
        .encode_items(&mut known, &[1000, 1009, 1012])
        .unwrap();
    context.encode_features(&mut raw, &items).unwrap();
    close(&raw, &known);

    let mut users = model.features(Scope::User, 3).unwrap();
    users
        .set_optional_strings("plan", &[Some("paid"), None, Some("gold")])
        .unwrap();
    users.set_integers("age", &[20, 20, 20]).unwrap();
    context.encode_features(&mut raw, &users).unwrap();
    context.encode_users(&mut known[..20], &[2]).unwrap();
    close(&raw[..20], &known[..20]);
    close(&raw[20..40], &raw[40..]); // unset and unknown are the same
    let top = context.top_k(&TopKRequest::features(&users)).unwrap();
    let same = context.top_k(&TopKRequest::vectors(&raw)).unwrap();
    assert_eq!((top.len(), top.ids(0)), (3, same.ids(0)));
    assert_eq!((users.len(), users.scope()), (3, Scope::User));

    let wrong = Status::InvalidArgument;
    fails(
        Status::NotFound,
        "nope",
        users.set_integers("nope", &[1, 2, 3]),
    );
    fails(
        wrong,
        "2 values for 3 rows",
        users.set_integers("age", &[1, 2]),
    );
    fails(wrong, "users", items.set_integers("age", &[1, 2, 3]));
    fails(
        wrong,
        "string",
        items.set_integer_lists("tags", codes.as_lists()),
    );
    fails(wrong, "NUL", items.set_strings("title", &["", "a\0b", ""]));
    fails(wrong, "NUL", items.set_strings("ti\0tle", &["", "", ""]));
    fails(Status::Unsupported, "pairs", model.features(Scope::Pair, 1));
    fails(wrong, "scope", model.features(Scope::Other(9), 1));
    fails(
        wrong,
        "vectors: 20 floats",
        context.encode_features(&mut known[..20], &users),
    );
    let other = open("shop").features(Scope::User, 3).unwrap();
    fails(
        wrong,
        "another model",
        context.encode_features(&mut raw, &other),
    );
}

#[test]
fn rank() {
    let model = open("joint");
    let mut context = model.context().unwrap();
    let ids = [7, 0, 39];
    let mut pairs = model.features(Scope::Pair, 3).unwrap();
    let (mut plain, mut out, mut raw) = ([0.0; 3], [0.0; 3], [0.0; 3]);
    context
        .rank(&mut plain, &RankRequest::user(5).items(&ids))
        .unwrap();
    pairs.set_numbers("delay", &[1.0, f32::NAN, 30.0]).unwrap();
    let known = RankRequest::user(5).items(&ids).pair_features(&pairs);
    context.rank(&mut out, &known).unwrap();
    assert!(out[0] != plain[0] && out[2] != plain[2]);
    close(&out[1..2], &plain[1..2]); // NaN is the fallback
    let mut user = model.features(Scope::User, 1).unwrap();
    user.set_integers("user", &[5]).unwrap();
    let mut items = model.features(Scope::Item, 3).unwrap();
    items.set_integers("item", &ids).unwrap();
    let request = RankRequest::user_features(&user)
        .item_features(&items)
        .pair_features(&pairs);
    context.rank(&mut raw, &request).unwrap();
    close(&raw, &out);

    let wrong = Status::InvalidArgument;
    fails(
        wrong,
        "3 rows",
        context.rank(
            &mut out[..2],
            &RankRequest::user(5).items(&ids[..2]).pair_features(&pairs),
        ),
    );
    fails(
        wrong,
        "user_features",
        context.rank(&mut out, &RankRequest::user_features(&items).items(&ids)),
    );
    fails(
        Status::Unsupported,
        "history",
        context.rank(&mut out, &RankRequest::user(5).items(&ids).history(&[1])),
    );
    fails(
        Status::NotFound,
        "item_ids[1]",
        context.rank(&mut out, &RankRequest::user(5).items(&[1, 40, 2])),
    );
}
