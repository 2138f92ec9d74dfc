CREATE TABLE fhir_encounters (id TEXT PRIMARY KEY, resource JSONB NOT NULL);
