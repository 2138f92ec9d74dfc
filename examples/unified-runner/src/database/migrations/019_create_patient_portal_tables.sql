CREATE TABLE portal_accounts (id SERIAL PRIMARY KEY, fhir_patient_id TEXT NOT NULL UNIQUE REFERENCES fhir_patients (id), email TEXT NOT NULL UNIQUE);
