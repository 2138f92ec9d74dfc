DROP TABLE integration_vendors;
