CREATE TABLE fhir_appointments (id TEXT PRIMARY KEY, patient_id TEXT NOT NULL REFERENCES fhir_patients (id), resource JSONB NOT NULL);
