//! Random schemas and random edits hold the same laws as the cases.

mod edit;
mod spec;

use limosa_testkit::{Server, servers, thorough};
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use self::edit::Edit;
use self::spec::Spec;
use crate::case::Case;
use crate::laws;

/// How many pairs each server sees, every day and when time does not matter.
const PAIRS: (u32, u32) = (12, 300);

fn edits(most: usize) -> impl Strategy<Value = Vec<Edit>> {
    let edit = any::<(u8, u8, u8, u8)>().prop_map(|(what, which, column, how)| Edit { what, which, column, how });
    prop::collection::vec(edit, 0..most)
}

#[test]
fn random_schemas_hold_the_laws() {
    // The servers are looked at side by side.
    std::thread::scope(|scope| {
        for server in servers() {
            scope.spawn(move || random_schemas_hold_the_laws_on(&server));
        }
    });
}

fn random_schemas_hold_the_laws_on(server: &Server) {
    crate::make_role(server, "diff_reader");
    let cases = if thorough() { PAIRS.1 } else { PAIRS.0 };
    let config = Config { cases, failure_persistence: None, max_shrink_iters: 200, ..Config::default() };
    // The same pairs every day, so that what fails is what somebody changed; others each time when all is tested.
    let mut runner = if thorough() {
        TestRunner::new(config)
    } else {
        TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha))
    };
    let outcome = runner.run(&(edits(60), edits(25)), |(first, then)| {
        let mut spec = Spec::default();
        first.iter().for_each(|edit| edit.apply(&mut spec));
        let a = spec.sql();
        then.iter().for_each(|edit| edit.apply(&mut spec));
        let case = Case::of("random", &a, &spec.sql());
        let broken = laws::hold(server, &case);
        prop_assert!(broken.is_empty(), "--- a.sql\n{a}\n--- b.sql\n{}\n{}", spec.sql(), broken.join("\n\n"));
        Ok(())
    });
    if let Err(error) = outcome {
        panic!("on PostgreSQL {}: {error}", server.major());
    }
}
