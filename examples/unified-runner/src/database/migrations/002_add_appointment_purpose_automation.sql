CREATE TABLE appointment_purposes (
    id SERIAL PRIMARY KEY,
    code TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    default_minutes INTEGER NOT NULL DEFAULT 30
);
