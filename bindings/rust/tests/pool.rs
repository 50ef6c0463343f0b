//! Contexts that threads share.

mod common;

use common::open;
use duomo::{ContextOptions, ContextPool, Status, TopKRequest, UnknownIds};

#[test]
fn threads_share_a_pool() {
    let model = open("shop");
    let wanted: Vec<_> = (1..=12)
        .map(|user| model.context().unwrap().predict(user, 1006).unwrap())
        .collect();
    let pool = ContextPool::new(model.clone());
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..200 {
                    for (user, &score) in (1..=12).zip(&wanted) {
                        assert_eq!(pool.get().unwrap().predict(user, 1006).unwrap(), score);
                    }
                }
            });
        }
    });
    pool.trim();
    assert!(pool.get().is_ok());
    assert!(*pool.model() == model);
}

#[test]
fn contexts_come_back_after_failures_and_panics() {
    let mut options = ContextOptions::new();
    options.unknown_ids(UnknownIds::Marked);
    let pool = ContextPool::with_options(open("shop"), &options);
    assert!(pool.get().unwrap().predict(99, 1006).unwrap().is_nan());
    let request = TopKRequest::user(1).k(0);
    let error = pool.get().unwrap().top_k(&request).unwrap_err();
    assert_eq!(error.status(), Status::InvalidArgument);
    let borrowed = pool.clone();
    let panicked = std::thread::spawn(move || {
        let _context = borrowed.get().unwrap();
        panic!("as a request might");
    });
    assert!(panicked.join().is_err());
    assert!(pool.get().unwrap().predict(3, 1006).is_ok());
}

#[test]
fn results_are_walked() {
    let mut context = open("shop").context().unwrap();
    let best = context.top_k(&TopKRequest::users(&[1, 2, 3]).k(4)).unwrap();
    let walked: Vec<Vec<_>> = best.iter().map(Iterator::collect).collect();
    assert_eq!((best.iter().len(), walked[1].len()), (3, 4));
    for (query, hits) in (&best).into_iter().enumerate() {
        assert_eq!(hits.len(), 4);
        assert_eq!(walked[query], hits.collect::<Vec<_>>());
        assert_eq!(walked[query], best.query(query).collect::<Vec<_>>());
    }
}
