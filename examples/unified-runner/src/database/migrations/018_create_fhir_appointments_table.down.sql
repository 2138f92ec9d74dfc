DROP TABLE fhir_appointments;
