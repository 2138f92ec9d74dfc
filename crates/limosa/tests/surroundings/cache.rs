use crate::project::{Project, Ran};

#[test]
fn without_a_home_the_embedded_server_keeps_its_cache_in_the_project() {
    let project = Project::of(&[("001_person.sql", "CREATE TABLE person ();\n"), ("stray.sql", "SELECT 1;\n")]);
    let homeless = |arguments: &[&str]| {
        let mut command = project.command(arguments);
        // Nothing can be made below a file, whoever tries.
        Ran::of(command.env("HOME", "/dev/null").env_remove("XDG_CACHE_HOME"))
    };
    let status = homeless(&["status"]).ended(0);
    assert_eq!(status.told.matches("warning[loose-file]").count(), 1, "told once: {}", status.told);
    assert!(!project.path().join(".limosa").exists(), "looking needs no server yet");
    homeless(&["up"]).ended(0);
    assert!(project.path().join(".limosa/cache").is_dir());
    homeless(&["status", "--check"]).ended(0);
}
