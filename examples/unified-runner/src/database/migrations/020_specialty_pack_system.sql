CREATE TABLE specialty_packs (code TEXT PRIMARY KEY, name TEXT NOT NULL);
