DROP TABLE fhir_patients;
