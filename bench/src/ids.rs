//! Ids, made one after the other on one core.

use std::time::{Duration, Instant};

use limosa_ids::{GeneratorSpec, Kind, Sources};

use crate::measured::{ROUNDS, median};

pub(crate) fn measure(count: usize) {
    println!("{count} ids, on one core");
    let key = "5a".repeat(32).parse().unwrap();
    for kind in Kind::ALL {
        let spec = GeneratorSpec::new(kind);
        let round = |from: usize| {
            let sources = Sources { permuted: Some((Clone::clone(&key), from as u64)), ..Sources::system() };
            let mut generator = spec.generator(sources).unwrap();
            let mut id = String::new();
            let begun = Instant::now();
            for _ in 0..count {
                id.clear();
                generator.write(&mut id).unwrap();
                std::hint::black_box(&id);
            }
            begun.elapsed()
        };
        let took: Duration = median((0..ROUNDS).map(|number| round(number * count)));
        println!("  {:<14} {:>6.2} million/s", spec.to_string(), count as f64 / took.as_secs_f64() / 1e6);
    }
    println!();
}
