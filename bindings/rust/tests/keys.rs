//! String keys in requests and results, users for items, limits, and what is said of each query.

mod common;

use common::{fails, open};
use duomo::{
    Argument, ErrorKind, ListsBuf, Model, RankRequest, Scope, Status, TopKRequest, TopKResult,
};

fn keys(result: &TopKResult, query: usize) -> Vec<&str> {
    result.keys(query).collect()
}

#[test]
fn requests_and_results() {
    let club = open("club");
    let mut context = club.context().unwrap();
    let request = TopKRequest::user("member-8").k(5).with_keys().with_titles();
    let best = context.top_k(&request).unwrap();
    let (first, ids) = (keys(&best, 0), best.ids(0).to_vec());
    assert_eq!(ids[0], club.item_id_of_key(first[0]).unwrap());
    assert_eq!(ids[0], duomo::id_of_key(first[0]).unwrap());
    let titles: Vec<_> = ids.iter().map(|id| club.item_title(*id).unwrap()).collect();
    assert_eq!(best.titles(0).collect::<Vec<_>>(), titles);

    let rest = TopKRequest::users(&["member-8", "member-9"])
        .exclude(&first)
        .with_keys();
    let rest = context.top_k(&rest).unwrap();
    for query in 0..2 {
        assert!(keys(&rest, query).iter().all(|key| !first.contains(key)));
    }
    let lists = ListsBuf::new([vec![first[0].to_string()], vec![]]);
    let each = TopKRequest::users(&["member-8", "member-8"])
        .exclude_each(lists.as_lists())
        .exclude(&first[1..2])
        .k(2)
        .with_keys();
    let each = context.top_k(&each).unwrap();
    assert_eq!(keys(&each, 0), [first[2], first[3]]);
    assert_eq!(keys(&each, 1), [first[0], first[2]]);
    let allowed = TopKRequest::user("member-8").allow(&[first[3], "nothing", first[1]]);
    assert_eq!(context.top_k(&allowed).unwrap().ids(0), [ids[1], ids[3]]);

    let mut out = [0.0; 2];
    let ranked = RankRequest::user("member-8").items(&first[..2]);
    context.rank(&mut out, &ranked).unwrap();
    assert_eq!(out, best.scores(0)[..2]);
    let like = context.similar(&TopKRequest::item(first[0])).unwrap();
    assert!(!like.ids(0).contains(&ids[0]));
    assert!(std::panic::catch_unwind(|| like.keys(0).count()).is_err()); // not asked for

    let unknown = TopKRequest::users(&["member-8", "nobody"]);
    let error = context.top_k(&unknown).unwrap_err();
    assert_eq!(error.status(), Status::NotFound);
    assert_eq!(error.kind(), Some(ErrorKind::UnknownId));
    assert_eq!(error.argument(), Some(Argument::Queries));
    assert_eq!(error.position(), Some(1));
    let nul = context.top_k(&TopKRequest::user("member\0"));
    fails(Status::InvalidArgument, "NUL", nul);
    let mut shop = open("shop").context().unwrap();
    fails(Status::Unsupported, "", shop.top_k(&TopKRequest::user("3")));
}

#[test]
fn look_ups() {
    let club = open("club");
    let ids = club
        .item_ids_of_keys(&["book-7", "none", "book-1"])
        .unwrap();
    let id = club.item_id_of_key("book-7").unwrap();
    assert_eq!((ids[0], ids[1]), (Some(id), None));
    assert_eq!(club.item_keys(&[id, 5]).unwrap(), [Some("book-7"), None]);
    assert_eq!(
        club.item_titles(&[id, 5]).unwrap(),
        [Some(club.item_title(id).unwrap()), None]
    );
    let users = club.user_ids_of_keys(&["member-2".to_string()]).unwrap();
    assert_eq!(
        club.user_keys(&[users[0].unwrap()]).unwrap(),
        [Some("member-2")]
    );
    assert!(club.item_keys(&[]).unwrap().is_empty());
    fails(
        Status::Unsupported,
        "",
        open("shop").item_ids_of_keys(&["a"]),
    );
    fails(
        Status::Unsupported,
        "titles",
        open("player").item_titles(&[1]),
    );
}

/// A stored id means the same item after training again, or is unknown.
#[test]
fn ids_are_of_the_key_alone() {
    let (before, after) = (open("club"), open("club_later"));
    let mut known = 0;
    for row in 0..before.info().unwrap().item_count {
        let id = before.item_id_at(row).unwrap();
        let key = before.item_key(id).unwrap();
        match after.item_key(id) {
            Ok(same) => {
                assert_eq!(same, key);
                known += 1;
            }
            Err(error) => assert_eq!(error.status(), Status::NotFound),
        }
    }
    assert_eq!(known, 30); // every fourth is gone
    assert_ne!(
        before.info().unwrap().fingerprint,
        after.info().unwrap().fingerprint
    );
}

#[test]
fn users() {
    let club = open("club");
    let mut context = club.context().unwrap();
    let request = TopKRequest::item("book-7").k(usize::MAX).with_keys();
    let all = context.users_for(&request).unwrap();
    assert_eq!(all.ids(0).len(), 300);
    assert!(all.scores(0).windows(2).all(|pair| pair[0] >= pair[1]));
    let book = club.item_id_of_key("book-7").unwrap();
    for (user, score) in all.query(0) {
        assert_eq!(context.predict(user, book).unwrap(), score);
    }
    let unread = TopKRequest::item("book-7")
        .k(300)
        .exclude_seen()
        .with_keys();
    let unread = context.users_for(&unread).unwrap();
    let readers = 300 - unread.ids(0).len();
    assert!(readers > 0 && !keys(&unread, 0).contains(&"member-7"));
    let out = keys(&all, 0)[0];
    let rest = TopKRequest::item("book-7").k(3).exclude(&[out]).with_keys();
    let rest = context.users_for(&rest).unwrap();
    assert_eq!(keys(&rest, 0), keys(&all, 0)[1..4]);

    let like = TopKRequest::user("member-3").k(4).with_keys();
    let like = context.similar_users(&like).unwrap();
    assert_eq!(like.ids(0).len(), 4);
    assert!(!keys(&like, 0).contains(&"member-3"));
    let items = club.item_set(&["book-7"]).unwrap();
    let request = TopKRequest::item("book-7").allow_set(&items);
    fails(Status::InvalidArgument, "set", context.users_for(&request));
}

#[test]
fn limits_and_k_of_each() {
    let club = open("club");
    let mut context = club.context().unwrap();
    let all = TopKRequest::user("member-8").k(40);
    let all = context.top_k(&all).unwrap().ids(0).to_vec();
    let two = TopKRequest::user("member-8").k(40).limit("author", 2);
    let two = context.top_k(&two).unwrap();
    assert_eq!(two.ids(0).len(), 10); // of five authors
    assert!(two.ids(0).iter().all(|id| all.contains(id)) && two.ids(0)[..2] == all[..2]);
    fails(
        Status::InvalidArgument,
        "at_most",
        context.top_k(&TopKRequest::user("member-8").limit("author", 0)),
    );
    fails(
        Status::NotFound,
        "nope",
        context.top_k(&TopKRequest::user("member-8").limit("nope", 1)),
    );
    let three = ["member-1", "member-2", "member-3"];
    let request = TopKRequest::users(&three).k_each(&[3, 0, usize::MAX]);
    let each = context.top_k(&request).unwrap();
    let counts: Vec<_> = (0..3).map(|query| each.ids(query).len()).collect();
    assert_eq!(counts, [3, 0, 40]);
    fails(
        Status::InvalidArgument,
        "k_each: 1 given where 3",
        context.top_k(&TopKRequest::users(&three).k_each(&[3])),
    );
    assert!(context
        .top_k(&TopKRequest::users(&[0i64; 0]).k_each(&[]))
        .unwrap()
        .is_empty());
}

#[test]
fn strict_features_and_values() {
    let shop = open("shop");
    let mut user = shop.features(Scope::User, 2).unwrap();
    user.strict(true).unwrap();
    let error = user.set_strings("plan", &["paid", "payed"]).unwrap_err();
    assert_eq!(error.kind(), Some(ErrorKind::UnknownValue));
    assert_eq!(error.argument(), Some(Argument::Values));
    assert_eq!(error.position(), Some(1));
    user.strict(false)
        .unwrap()
        .set_strings("plan", &["paid", "payed"])
        .unwrap();
    let tags = shop.input_values("tags").unwrap();
    let duomo::InputValues::Strings(tags) = tags else {
        panic!("tags are strings")
    };
    assert!(tags.contains(&"red") && tags.contains(&"green"));
    fails(Status::NotFound, "nope", shop.input_values("nope"));
    let joint = open("joint");
    fails(Status::Unsupported, "", joint.input_values("delay"));
}

/// A model that reads no histories folds them in.
#[test]
fn weights_of_histories() {
    let mut context = open("club").context().unwrap();
    let mut best = |weights: &[f32]| {
        let request = TopKRequest::history(&["book-1", "book-2"]).history_weights(weights);
        context.top_k(&request).unwrap().scores(0).to_vec()
    };
    assert_ne!(best(&[9.0, 0.1]), best(&[0.1, 9.0]));
    let negative = TopKRequest::history(&["book-1"]).history_weights(&[-1.0]);
    fails(
        Status::InvalidArgument,
        "history_weights",
        context.top_k(&negative),
    );
    let request = TopKRequest::history(&["book-1", "book-2"]).history_weights(&[1.0]);
    fails(
        Status::InvalidArgument,
        "history_weights: 1 given where 2",
        context.top_k(&request),
    );
}

#[test]
fn metadata_is_there_or_not() {
    let model: Model = open("shop");
    assert!(model.metadata().unwrap().is_empty());
}
