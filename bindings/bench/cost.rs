//! What cost.c does, in Rust.

use std::time::Instant;

const PAIRS: usize = 4096;
const CALLS: usize = 10_000;
const REPETITIONS: usize = 40;

fn least(repetitions: usize, n: usize, mut run: impl FnMut()) -> f64 {
    let time = |_| {
        let begin = Instant::now();
        run();
        begin.elapsed().as_nanos() as f64 / n as f64
    };
    (0..repetitions).map(time).fold(f64::MAX, f64::min)
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let model = duomo::Model::open(std::env::args().nth(1).ok_or("cost MODEL")?)?;
    let mut context = model.context()?;
    let users: Vec<i64> = (0..PAIRS as i64).map(|i| i % 12 + 1).collect();
    let items: Vec<i64> = (0..PAIRS as i64).map(|i| 1000 + 3 * (i % 40)).collect();
    let mut out = vec![0.0; PAIRS];
    let one = least(REPETITIONS, CALLS, || {
        for i in 0..CALLS {
            out[0] = context.predict(users[i % 64], items[i % 64]).unwrap();
        }
    });
    let batch = least(5 * REPETITIONS, PAIRS, || {
        context.predict_pairs(&mut out, &users, &items).unwrap()
    });
    let mut result = duomo::TopKResult::default();
    let request = duomo::TopKRequest::users(&users).k(10);
    let top = least(REPETITIONS, PAIRS, || {
        context.top_k_into(&mut result, &request).unwrap()
    });
    println!("{one:.2} {batch:.3} {top:.2}");
    Ok(())
}
