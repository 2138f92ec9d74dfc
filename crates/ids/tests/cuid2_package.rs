//! CUID2 beside the reference, the npm package `@paralleldrive/cuid2`.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use limosa_ids::{GeneratorSpec, Sources};
use limosa_testkit::node_packages;

/// Runs a module with a text as its input, and gives what it prints.
fn node(folder: &Path, module: &str, input: &str) -> String {
    let mut node = Command::new("node");
    // Packages are looked for from the working directory up.
    node.current_dir(folder).args(["--input-type=module", "--eval", module]);
    let mut child = node.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "node ended with {}", output.status);
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn the_reference_takes_our_ids_and_we_take_theirs() {
    let Some(folder) = node_packages() else {
        println!("left out: no node with @paralleldrive/cuid2 (`cargo xtask test` fetches it where there is npm)");
        return;
    };
    for length in [2, 10, 24, 32] {
        let spec: GeneratorSpec = format!("cuid2:{length}").parse().unwrap();
        let mut generator = spec.generator(Sources::system()).unwrap();
        let mut ours = String::new();
        for _ in 0..10_000 {
            generator.write(&mut ours).unwrap();
            ours.push('\n');
        }
        let checked = node(
            &folder,
            "import { isCuid } from '@paralleldrive/cuid2';
             import { readFileSync } from 'node:fs';
             const ids = readFileSync(0, 'utf8').trim().split('\\n');
             console.log(ids.length, ids.filter(id => !isCuid(id)).join(' '))",
            &ours,
        );
        assert_eq!(checked.trim(), "10000", "of length {length}");
        let theirs = node(
            &folder,
            &format!(
                "import {{ init }} from '@paralleldrive/cuid2';
                 const make = init({{ length: {length} }});
                 for (let i = 0; i < 10000; i++) console.log(make())"
            ),
            "",
        );
        assert_eq!(theirs.lines().count(), 10_000);
        theirs.lines().for_each(|id| assert_eq!(spec.check(id), Ok(()), "{id} of the reference"));
    }
    // What the one refuses, the other refuses.
    let texts =
        ["", "a", "A1", "1a", "a-b", "tz4a98xxat96iws9zmbrgj3a", "tz4a98xxat96iws9zmbrgj3atz4a98xxat96iws9z", "aä"];
    let module = format!(
        "import {{ isCuid }} from '@paralleldrive/cuid2';
         for (const id of {texts:?}) console.log(isCuid(id))"
    );
    let theirs = node(&folder, &module, "");
    let ours: Vec<String> = texts.iter().map(|text| limosa_ids::Kind::Cuid2.check(text).is_ok().to_string()).collect();
    assert_eq!(theirs.lines().collect::<Vec<_>>(), ours);
}
