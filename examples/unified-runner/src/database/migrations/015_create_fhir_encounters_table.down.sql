DROP TABLE fhir_encounters;
