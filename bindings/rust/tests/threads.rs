//! Models shared, dropped and swapped under running threads.

mod common;

use common::{model_path, open};
use duomo::{Context, Error, Features, Model, TopKRequest, TopKResult};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;

#[test]
fn traits() {
    fn shared<T: Send + Sync + Clone + 'static>() {}
    fn sent<T: Send + 'static>() {}
    shared::<Model>();
    shared::<Error>();
    shared::<TopKResult>();
    sent::<Context>();
    sent::<Features>();
}

/// The model's last handle goes while contexts are at work: they keep it open.
#[test]
fn model_dropped_while_threads_run() {
    let want = open("shop")
        .context()
        .unwrap()
        .top_k(&TopKRequest::user(3))
        .unwrap();
    for _ in 0..20 {
        let model = open("shop");
        let threads: Vec<_> = (0..4)
            .map(|_| {
                let mut context = model.context().unwrap();
                thread::spawn(move || {
                    for _ in 0..200 {
                        let got = context.top_k(&TopKRequest::user(3)).unwrap();
                        let title = context.model().item_title(got.ids(0)[0]).unwrap();
                        assert!(title.starts_with("Große Lampe"));
                        assert_eq!(
                            got.ids(0),
                            context.top_k(&TopKRequest::user(3)).unwrap().ids(0)
                        );
                    }
                    context.top_k(&TopKRequest::user(3)).unwrap()
                })
            })
            .collect();
        drop(model);
        for thread in threads {
            let got = thread.join().unwrap();
            assert_eq!((got.ids(0), got.scores(0)), (want.ids(0), want.scores(0)));
        }
    }
}

#[test]
fn swap() {
    let current = Arc::new(Mutex::new(open("shop")));
    let want = open("shop").context().unwrap().predict(3, 1006).unwrap();
    let stop = Arc::new(AtomicBool::new(false));
    let threads: Vec<_> = (0..4)
        .map(|_| {
            let (current, stop) = (current.clone(), stop.clone());
            thread::spawn(move || {
                while !stop.load(Ordering::Relaxed) {
                    let model = current.lock().unwrap().clone();
                    assert_eq!(model.context().unwrap().predict(3, 1006).unwrap(), want);
                }
            })
        })
        .collect();
    for _ in 0..200 {
        *current.lock().unwrap() = Model::open(model_path("shop")).unwrap();
    }
    stop.store(true, Ordering::Relaxed);
    for thread in threads {
        thread.join().unwrap();
    }
}
