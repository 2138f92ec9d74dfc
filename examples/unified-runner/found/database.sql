-- The database as three runners have left it, on a Friday: all files but the newest have run, and no runner knows which.
\i src/database/migrations/002_add_appointment_purpose_automation.sql
\i src/database/migrations/002_enhanced_permissions.sql
\i src/database/migrations/003_billing_module.sql
\i src/database/migrations/004_inventory_module.sql
\i src/database/migrations/005_audit_enhancements.sql
\i src/database/migrations/006_dashboard_snapshots.sql
\i src/database/migrations/007_bed_management.sql
\i src/database/migrations/008_create_integrations_table.sql
\i src/database/migrations/009_create_integration_vendors_table.sql
\i src/database/migrations/010_add_password_auth.sql
\i src/database/migrations/010_create_data_mapper_table.sql
\i src/database/migrations/011_add_custom_hl7_vendor.sql
\i src/database/migrations/011_add_org_logo_and_specialties.sql
\i src/database/migrations/012_add_org_type.sql
\i src/database/migrations/013_notifications.sql
\i src/database/migrations/014_create_virtual_meetings_table.sql
\i src/database/migrations/014_create_virtual_meetings_table_v2.sql
\i src/database/migrations/015_add_meeting_consent_and_vitals.sql
\i src/database/migrations/015_create_fhir_encounters_table.sql
\i src/database/migrations/016_fix_permission_changes_trigger.sql
\i src/database/migrations/017_create_fhir_patients_table.sql
\i src/database/migrations/018_create_fhir_appointments_table.sql
\i src/database/migrations/019_create_patient_portal_tables.sql
\i src/database/migrations/020_specialty_pack_system.sql
\i src/database/migrations/021_forms_module.sql
\i src/database/migrations/022_country_specific_system.sql
\i src/database/migrations/022_forms_sample_templates.sql
\i src/database/migrations/023_forms_mental_health_templates.sql
\i src/database/migrations/024_forms_demo_template.sql

-- The first runner, Sequelize CLI, knows its wrappers in JavaScript, up to the day when somebody left.
CREATE TABLE "SequelizeMeta" (name VARCHAR(255) PRIMARY KEY);
INSERT INTO "SequelizeMeta" VALUES
    ('20240101000002-enhanced_permissions.js'), ('20240101000003-billing_module.js'), ('20240101000004-inventory_module.js'),
    ('20240101000005-audit_enhancements.js'), ('20240101000006-dashboard_snapshots.js'),
    ('20240101000007-bed_management.js'), ('20240101000008-create_integrations_table.js');

-- The second, run-migration.js, has a table of its own making.
CREATE TABLE executed_migrations (file TEXT, run_at TIMESTAMP DEFAULT now());
INSERT INTO executed_migrations (file) VALUES
    ('009_create_integration_vendors_table.sql'), ('010_add_password_auth.sql'), ('010_create_data_mapper_table.sql'),
    ('011_add_custom_hl7_vendor.sql'), ('013_notifications.sql');

-- The third, run-migrations.js, ran whatever was in the folder, and wrote nothing down.
