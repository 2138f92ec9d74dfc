CREATE TABLE fhir_patients (id TEXT PRIMARY KEY, resource JSONB NOT NULL);
