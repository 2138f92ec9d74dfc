DROP TABLE appointment_purposes;
