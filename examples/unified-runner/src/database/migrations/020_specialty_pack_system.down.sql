DROP TABLE specialty_packs;
