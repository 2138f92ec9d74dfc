use crate::project::Project;

#[test]
fn the_plan_says_what_each_statement_does_and_verbosely_in_full() {
    let session = "ALTER TABLE \"Session\" -- who\n  ADD COLUMN \"trustedDeviceId\" text;\n\
                   DELETE FROM \"Session\" WHERE \"endedAt\" < now() - interval '90 days' \
                   AND \"userId\" IS NOT NULL;\n";
    let project = Project::of(&[
        ("limosa.toml", "[service.auth]\nmigrations = \"auth\"\n"),
        ("auth/001_session.sql", session),
        ("auth/002_index.sql", "CREATE INDEX CONCURRENTLY s ON \"Session\" (\"userId\");\n"),
    ]);
    let planned = project.run(&["plan"]).ended(0);
    insta::assert_snapshot!(planned.stdout, @r#"
    auth  auth  2 to apply
      001 session  auth/001_session.sql  one transaction
        1  ALTER TABLE "Session" ADD COLUMN "trustedDeviceId" text                           blocks all: "Session"
        3  DELETE FROM "Session" WHERE "endedAt" < now() - interval '90 days' AND "userId"…                           may wait long for rows
      002 index  auth/002_index.sql  in stages, each recorded
        1  CREATE INDEX CONCURRENTLY s ON "Session" ("userId")    reads every row  alone: it uses several transactions of its own
    "#);
    let planned = project.run(&["plan", "--steps", "1", "-v"]).ended(0);
    insta::assert_snapshot!(planned.stdout, @r#"
    auth  auth  1 to apply
      001 session  auth/001_session.sql  one transaction
        1  ALTER TABLE
          public."Session"  ACCESS EXCLUSIVE, keeps out readers and writers
          ALTER TABLE "Session" -- who
            ADD COLUMN "trustedDeviceId" text
        3  DELETE  may wait long for rows
          public."Session"  ROW EXCLUSIVE, keeps out nobody
          DELETE FROM "Session" WHERE "endedAt" < now() - interval '90 days' AND "userId" IS NOT NULL
    "#);
}
