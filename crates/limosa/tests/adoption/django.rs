//! Django, whose packages bring migrations of their own.

use limosa_testkit::Database;

use crate::clinic::{content, on_servers, project, schema, standing};
use crate::project::Project;
use crate::tool::Tool;

const MANAGE: &str = "import os\nimport sys\nfrom urllib.parse import urlparse, unquote\n\
    from django.conf import settings\n\
    url = urlparse(os.environ['DATABASE_URL'])\n\
    settings.configure(\n    INSTALLED_APPS=['django.contrib.contenttypes', 'clinic'],\n    \
    DEFAULT_AUTO_FIELD='django.db.models.BigAutoField',\n    USE_TZ=True,\n    \
    DATABASES={'default': {'ENGINE': 'django.db.backends.postgresql', 'NAME': url.path[1:], 'USER': url.username, \
    'PASSWORD': unquote(url.password or ''), 'HOST': url.hostname, 'PORT': url.port}},\n)\n\
    from django.core.management import execute_from_command_line\nexecute_from_command_line(sys.argv)\n";

fn migration(before: &str, operations: &str) -> String {
    format!(
        "from django.db import migrations, models\n\n\nclass Migration(migrations.Migration):\n    \
         dependencies = [{before}]\n    operations = [{operations}]\n"
    )
}

fn clinic(database: &Database) -> Project {
    let initial = "migrations.CreateModel(name='Patient', fields=[('id', models.IntegerField(primary_key=True))], \
        options={'db_table': 'patient'})";
    let name = "migrations.AddField(model_name='patient', name='name', field=models.TextField(null=True))";
    project(database, "migrations", None)
        .with("manage.py", MANAGE)
        .with("clinic/__init__.py", "")
        .with("clinic/models.py", "")
        .with("clinic/migrations/__init__.py", "")
        .with("clinic/migrations/0001_initial.py", migration("", initial))
        .with("clinic/migrations/0002_name.py", migration("('clinic', '0001_initial')", name))
        .with("migrations/.gitkeep", "")
}

#[test]
fn apps_of_the_project_and_of_packages_are_taken_over_together() {
    let Some(django) = Tool::of_python(&["manage.py"]) else { return };
    on_servers(|database| {
        let project = clinic(database);
        let run = |words: &str| django.run(&project, database.url(), words);
        run("migrate").succeeds();
        let before = content(database, "django_migrations");
        project.limosa("adopt --yes").exits(0).says("_initial_schema.sql");
        assert_eq!(standing(&project), (1, 0));
        assert_eq!(content(database, "django_migrations"), before);
        let plan = run("showmigrations").succeeds().said;
        assert!(plan.contains("[X] 0002_name"), "{plan}");

        let fresh = database.server().fresh_database();
        let built = schema(database);
        let project = project.variable("DATABASE_URL", fresh.url());
        project.limosa("up").exits(0);
        assert_eq!(schema(&fresh), built);
        assert_eq!(fresh.execute("SELECT count(*) FROM django_content_type").len(), 1, "the packages' tables, too");
    });
}

#[test]
fn a_guarded_history_lets_the_tool_fail() {
    let Some(django) = Tool::of_python(&["manage.py"]) else { return };
    on_servers(|database| {
        let project = clinic(database);
        django.run(&project, database.url(), "migrate clinic 0001").succeeds();
        project.limosa("adopt --yes --guard").exits(0).says("Django has not run");
        let before = schema(database);
        django.run(&project, database.url(), "migrate clinic").fails();
        assert_eq!(schema(database), before, "its transaction was rolled back");
    });
}

#[test]
fn its_migrations_become_files_with_the_sql_that_it_prints() {
    let Some(django) = Tool::of_python(&["manage.py"]) else { return };
    on_servers(|database| {
        let path = django.folder();
        let project = clinic(database).variable("PATH", &format!("{}:/usr/bin:/bin", path.display()));
        django.run(&project, database.url(), "migrate").succeeds();
        project.limosa("adopt --yes --print-sql").exits(0);
        // Two of the clinic, two of the package.
        assert_eq!(standing(&project), (4, 0));
        let fresh = database.server().fresh_database();
        let built = schema(database);
        let project = project.variable("DATABASE_URL", fresh.url());
        project.limosa("up").exits(0);
        assert_eq!(schema(&fresh), built);
    });
}
