//! The model in use, swapped under clients: none of their requests is lost or wrong.

mod common;

use common::open;
use duomo::{Model, ModelSlot, TopKRequest};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::{Duration, Instant};
use std::{fs, thread};

const SWAPS: u32 = 40; // a second
const REQUESTS: u32 = 100_000;

/// What user 2 of a model is recommended, with its scores' bits.
fn best(model: &Model) -> (Vec<i64>, Vec<u32>) {
    let request = TopKRequest::user(model.user_id_at(2).unwrap()).k(5);
    let best = model.context().unwrap().top_k(&request).unwrap();
    let bits = best.scores(0).iter().map(|score| score.to_bits()).collect();
    (best.ids(0).to_vec(), bits)
}

#[test]
fn swaps_under_load() {
    let names = ["shop", "player"];
    let want: BTreeMap<String, _> = names
        .iter()
        .map(|name| (name.to_string(), best(&open(name))))
        .collect();
    let slot = ModelSlot::new(open(names[0])).unwrap();
    let (stop, asked) = (AtomicBool::new(false), AtomicU32::new(0));
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                while !stop.load(Ordering::Relaxed) {
                    let model = slot.get();
                    assert_eq!(best(&model), want[&model.info().unwrap().name]);
                    asked.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
        let (begin, mut swap) = (Instant::now(), 0);
        while swap < 3 * SWAPS || asked.load(Ordering::Relaxed) < REQUESTS && swap < 60 * SWAPS {
            swap += 2; // so that "shop" is in at the end
            for (at, name) in [(swap - 1, names[1]), (swap, names[0])] {
                slot.set(open(name));
                thread::sleep((begin + Duration::from_secs(1) * at / SWAPS) - Instant::now());
            }
        }
        stop.store(true, Ordering::Relaxed);
    });
    println!("{} requests", asked.into_inner());
    #[cfg(target_os = "linux")] // what was swapped out is closed
    for (name, maps) in [("shop.duomo", 1), ("player.duomo", 0)] {
        let mapped = fs::read_to_string("/proc/self/maps").unwrap();
        assert_eq!(mapped.matches(name).count().min(1), maps, "{name}");
    }
}

#[test]
fn references() {
    let (first, second) = (open("shop"), open("shop"));
    let slot = ModelSlot::new(first.clone()).unwrap();
    assert!(slot.get() == first && first == first.clone() && first != second);
    let held = slot.get();
    drop(first);
    slot.set(second.clone());
    assert!(slot.get() == second);
    assert_eq!(held.info().unwrap().name, "shop"); // and stays open
    drop(slot);
    assert_eq!(best(&held), best(&second));
}
