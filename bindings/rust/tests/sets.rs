//! Attributes, ranges, and sets of items.

mod common;

use common::{fails, open};
use duomo::{AttributeKind, Filter, Mode, Model, Status, TopKRequest};

fn ids(model: &Model) -> Vec<i64> {
    (0..40).map(|row| model.item_id_at(row).unwrap()).collect()
}

/// As tests/abi/fixtures.h says.
#[test]
fn attributes() {
    let shop = open("shop");
    let all = shop.attributes().unwrap();
    let names: Vec<_> = all.iter().map(|a| (a.name.as_str(), a.kind)).collect();
    assert_eq!(
        names,
        [
            ("price", AttributeKind::Number),
            ("year", AttributeKind::Integer),
            ("added", AttributeKind::Time),
            ("brand", AttributeKind::Category),
            ("labels", AttributeKind::Set),
        ]
    );
    let ids = ids(&shop);
    let prices = shop.attribute_numbers("price", &ids).unwrap();
    assert!(prices[3] == 2.5 && prices[9].is_nan());
    let years = shop
        .attribute_integers("year", &[ids[2], ids[6], 7])
        .unwrap();
    assert_eq!(years, [Some(1982), None, None]);
    let days = shop.attribute_integers("added", &ids[1..2]).unwrap();
    assert_eq!(days, [Some(1_600_086_400)]);
    let brands = shop.attribute_texts("brand", &ids[1..4]).unwrap();
    assert_eq!(brands, [Some("blau"), Some("größe"), None]);
    assert!(shop.attribute_set("labels", ids[0]).unwrap().is_empty());
    let mut labels = shop.attribute_set("labels", ids[4]).unwrap();
    labels.sort_unstable();
    assert_eq!(labels, ["new", "sale", "vegan"]);
    fails(
        Status::NotFound,
        "nope",
        shop.attribute_numbers("nope", &ids),
    );
    fails(
        Status::InvalidArgument,
        "brand",
        shop.attribute_numbers("brand", &ids),
    );
}

#[test]
fn ranges() {
    let shop = open("shop");
    let count = |filter| shop.item_set_where(&[filter]).unwrap().len();
    let year = |low, high| Filter::range("year", (low, high));
    use std::ops::Bound::{Excluded, Included, Unbounded};
    assert_eq!(count(Filter::range("year", 1980.0..=1981.0)), 2);
    assert_eq!(count(Filter::range("year", 1980.0..1981.0)), 1);
    assert_eq!(count(year(Excluded(1980.0), Included(1981.0))), 1);
    assert_eq!(count(year(Unbounded, Unbounded)), 40 - 5);
    assert_eq!(count(Filter::range("price", ..=2.0)), 3);
    fails(
        Status::InvalidArgument,
        "NaN",
        shop.item_set_where(&[Filter::range("price", f64::NAN..)]),
    );
}

#[test]
fn sets() {
    let shop = open("shop");
    let ids = ids(&shop);
    let some = shop.item_set(&[ids[0], ids[1], ids[2], 7]).unwrap(); // 7 there is not
    let acme = [Filter::strings("brand", Mode::Any, ["acme"])];
    let acme = shop.item_set_where(&acme).unwrap();
    assert_eq!(
        (some.len(), shop.item_set_where(&[]).unwrap().len()),
        (3, 40)
    );
    assert!(some.contains(ids[0]) && !some.contains(ids[3]) && !some.contains(7));
    assert_eq!(some.and(&acme).unwrap().len(), 1);
    assert_eq!(some.or(&acme).unwrap().len(), 2 + acme.len());
    assert_eq!(some.not().unwrap().len(), 37);
    assert!(some.and(&some.not().unwrap()).unwrap().is_empty());
    let none = shop.item_set(&[0i64; 0]).unwrap();
    assert!(none.is_empty());

    let mut context = shop.context().unwrap();
    let by_set = TopKRequest::user(3).allow_set(&some);
    let by_list = TopKRequest::user(3).allow(&ids[..3]);
    assert_eq!(
        context.top_k(&by_set).unwrap().ids(0),
        context.top_k(&by_list).unwrap().ids(0)
    );
    let nothing = context
        .top_k(&TopKRequest::user(3).allow_set(&none))
        .unwrap();
    assert!(nothing.ids(0).is_empty());
    let each = [Some(&some), None, Some(&none)];
    let request = TopKRequest::users(&[1, 2, 3]).k(40).allow_sets(&each);
    let found = context.top_k(&request).unwrap();
    let counts: Vec<_> = (0..3).map(|query| found.ids(query).len()).collect();
    assert_eq!(counts, [3, 40, 0]);
    let request = TopKRequest::users(&[1, 2]).allow_sets(&each);
    fails(
        Status::InvalidArgument,
        "allow_sets",
        context.top_k(&request),
    );

    let other = open("shop").item_set(&ids[..2]).unwrap();
    fails(Status::InvalidArgument, "model", some.and(&other));
    let request = TopKRequest::user(3).allow_set(&other);
    fails(Status::InvalidArgument, "model", context.top_k(&request));
    drop((shop, context)); // a set holds its model
    assert_eq!(some.clone().len(), 3);
}
