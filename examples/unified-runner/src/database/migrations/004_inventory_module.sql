CREATE TABLE inventory_locations (code TEXT PRIMARY KEY, name TEXT NOT NULL);
CREATE TABLE inventory_categories (code TEXT PRIMARY KEY, name TEXT NOT NULL);
CREATE TABLE suppliers (code TEXT PRIMARY KEY, name TEXT NOT NULL, phone TEXT);
CREATE TABLE inventory_items (
    id SERIAL PRIMARY KEY,
    location_code TEXT NOT NULL REFERENCES inventory_locations (code),
    category_code TEXT NOT NULL REFERENCES inventory_categories (code),
    name TEXT NOT NULL,
    quantity INTEGER NOT NULL DEFAULT 0
);
