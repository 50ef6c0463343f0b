//! `cargo bench`: what calls cost, on the invented model of the tests.

use criterion::{criterion_group, criterion_main, Criterion, Throughput};
use duomo::{Model, Scope, TopKRequest, TopKResult};

fn benches(c: &mut Criterion) {
    let folder = std::env::var("DUOMO_TEST_MODELS").expect("DUOMO_TEST_MODELS");
    let model = Model::open(format!("{folder}/shop.duomo")).unwrap();
    let mut context = model.context().unwrap();
    c.bench_function("predict", |b| b.iter(|| context.predict(3, 1006).unwrap()));

    let users: Vec<i64> = (0..4096).map(|i| i % 12 + 1).collect();
    let items: Vec<i64> = (0..4096).map(|i| 1000 + 3 * (i % 40)).collect();
    let mut out = vec![0.0; 4096];
    let mut group = c.benchmark_group("batch");
    group.throughput(Throughput::Elements(4096));
    group.bench_function("predict_pairs/4096", |b| {
        b.iter(|| context.predict_pairs(&mut out, &users, &items).unwrap())
    });
    group.finish();

    let mut result = TopKResult::default();
    let request = TopKRequest::user(3).exclude_seen();
    c.bench_function("top_k_into", |b| {
        b.iter(|| context.top_k_into(&mut result, &request).unwrap())
    });

    let mut newcomer = model.features(Scope::User, 1).unwrap();
    let mut vector = [0.0; 20];
    c.bench_function("cold_user", |b| {
        b.iter(|| {
            newcomer.set_strings("plan", &["paid"]).unwrap();
            context.encode_features(&mut vector, &newcomer).unwrap();
        })
    });
}

criterion_group!(all, benches);
criterion_main!(all);
