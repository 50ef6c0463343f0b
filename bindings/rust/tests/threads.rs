//! Models shared, dropped under running threads.

mod common;

use common::open;
use duomo::{Context, Error, Features, ItemSet, Model, ModelSlot, TopKRequest, TopKResult};
use std::thread;

#[test]
fn traits() {
    fn shared<T: Send + Sync + Clone + 'static>() {}
    fn sent<T: Send + 'static>() {}
    shared::<Model>();
    shared::<Error>();
    shared::<TopKResult>();
    shared::<ItemSet>();
    fn held<T: Send + Sync + 'static>() {}
    held::<ModelSlot>();
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
