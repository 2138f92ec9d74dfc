//! The forms of statements that differ in their locks.

/// Declares the forms, with the names that the table of facts calls them by.
macro_rules! forms {
    ($($(#[$doc:meta])* $form:ident = $name:literal,)*) => {
        /// A form of statement, as far as its locks are concerned.
        ///
        /// What a statement does can depend on what it finds; then each case is a form.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum StatementForm {
            $($(#[$doc])* $form,)*
        }

        impl StatementForm {
            /// Every form.
            pub const ALL: &'static [Self] = &[$(Self::$form,)*];

            /// Its name in the table of facts, such as `add-foreign-key`.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$form => $name,)*
                }
            }
        }
    };
}

forms! {
    /// `ADD COLUMN` without a default, or with one that is the same for all rows.
    AddColumn = "add-column",
    /// `ADD COLUMN … GENERATED ALWAYS AS (…) VIRTUAL`, from PostgreSQL 18.
    AddColumnVirtual = "add-column-virtual",
    /// `ADD COLUMN` with a value of its own per row: a volatile default, a serial, an identity, a stored expression.
    AddColumnComputed = "add-column-computed",
    /// `ADD COLUMN` of a domain with constraints.
    AddColumnOfCheckedDomain = "add-column-of-checked-domain",
    /// `ADD COLUMN … CHECK (…)`.
    AddColumnCheck = "add-column-check",
    /// `ADD COLUMN … REFERENCES …`, all null at first.
    AddColumnReferences = "add-column-references",
    /// `ADD COLUMN … DEFAULT … REFERENCES …`, whose values have to be looked up.
    AddColumnReferencesDefault = "add-column-references-default",
    /// `ADD COLUMN … UNIQUE` or `… PRIMARY KEY`.
    AddColumnUnique = "add-column-unique",
    /// `DROP COLUMN`.
    DropColumn = "drop-column",
    /// `DROP COLUMN` of a column in a foreign key.
    DropColumnForeignKey = "drop-column-foreign-key",
    /// `ALTER COLUMN … SET DEFAULT`, `… DROP DEFAULT`.
    SetDefault = "set-default",
    /// `ALTER COLUMN … SET NOT NULL` of a column that may hold nulls.
    SetNotNull = "set-not-null",
    /// `SET NOT NULL` where a valid `CHECK` shows that there are no nulls.
    SetNotNullProven = "set-not-null-proven",
    /// `SET NOT NULL` where it is set already.
    SetNotNullAgain = "set-not-null-again",
    /// `ALTER COLUMN … DROP NOT NULL`.
    DropNotNull = "drop-not-null",
    /// `ALTER COLUMN … TYPE` to a type whose values are stored differently.
    SetType = "set-type",
    /// `ALTER COLUMN … TYPE` to a type that holds the values as they are stored: a longer `varchar`, `text`.
    SetTypeCoercible = "set-type-coercible",
    /// The same, of a column in an index; those of partitions are built anew.
    SetTypeCoercibleIndexed = "set-type-coercible-indexed",
    /// `ALTER COLUMN … TYPE` that changes nothing of what is stored, of a column that a `CHECK` mentions.
    SetTypeChecked = "set-type-checked",
    /// `ALTER COLUMN … TYPE` of a column that references another table.
    SetTypeForeignKey = "set-type-foreign-key",
    /// `ALTER COLUMN … TYPE` of a column that another table references.
    SetTypeReferenced = "set-type-referenced",
    /// `ALTER COLUMN … SET STATISTICS`.
    SetStatistics = "set-statistics",
    /// `ALTER COLUMN … SET STORAGE`.
    SetStorage = "set-storage",
    /// `ALTER COLUMN … SET COMPRESSION`.
    SetCompression = "set-compression",
    /// `ALTER COLUMN … SET (n_distinct = …)`.
    SetColumnOptions = "set-column-options",
    /// `ALTER COLUMN … SET EXPRESSION`, from PostgreSQL 17.
    SetExpression = "set-expression",
    /// `ALTER COLUMN … DROP EXPRESSION`.
    DropExpression = "drop-expression",
    /// `ALTER COLUMN … ADD GENERATED … AS IDENTITY`, `… SET GENERATED`, `… DROP IDENTITY`.
    AlterIdentity = "alter-identity",
    /// `ADD CHECK`.
    AddCheck = "add-check",
    /// `ADD CHECK … NOT VALID`, or `… NOT ENFORCED`.
    AddCheckNotValid = "add-check-not-valid",
    /// `VALIDATE CONSTRAINT` of a `CHECK`.
    ValidateCheck = "validate-check",
    /// `ADD CONSTRAINT … NOT NULL column`, from PostgreSQL 18.
    AddNotNull = "add-not-null",
    /// `ADD CONSTRAINT … NOT NULL column NOT VALID`, from PostgreSQL 18.
    AddNotNullNotValid = "add-not-null-not-valid",
    /// `VALIDATE CONSTRAINT` of a `NOT NULL`, from PostgreSQL 18.
    ValidateNotNull = "validate-not-null",
    /// `ADD FOREIGN KEY`.
    AddForeignKey = "add-foreign-key",
    /// `ADD FOREIGN KEY … NOT VALID`, or `… NOT ENFORCED`.
    AddForeignKeyNotValid = "add-foreign-key-not-valid",
    /// `VALIDATE CONSTRAINT` of a foreign key.
    ValidateForeignKey = "validate-foreign-key",
    /// `ADD UNIQUE`, and `ADD PRIMARY KEY` over columns that are not null.
    AddKey = "add-key",
    /// `ADD PRIMARY KEY` over a column that may hold nulls.
    AddKeyNullable = "add-key-nullable",
    /// `ADD UNIQUE USING INDEX`, and `ADD PRIMARY KEY USING INDEX` over columns that are not null.
    AddKeyUsingIndex = "add-key-using-index",
    /// `ADD PRIMARY KEY USING INDEX` over a column that may hold nulls.
    AddKeyUsingIndexNullable = "add-key-using-index-nullable",
    /// `ADD EXCLUDE`.
    AddExclusion = "add-exclusion",
    /// `ALTER CONSTRAINT` of a foreign key.
    AlterConstraint = "alter-constraint",
    /// `RENAME CONSTRAINT`.
    RenameConstraint = "rename-constraint",
    /// `DROP CONSTRAINT` of a `CHECK`.
    DropConstraint = "drop-constraint",
    /// `DROP CONSTRAINT` of a primary key, of `UNIQUE` or `EXCLUDE`.
    DropKey = "drop-key",
    /// `DROP CONSTRAINT` of a foreign key.
    DropForeignKey = "drop-foreign-key",
    /// `RENAME TO`.
    RenameTable = "rename-table",
    /// `RENAME COLUMN`.
    RenameColumn = "rename-column",
    /// `SET SCHEMA`.
    SetSchema = "set-schema",
    /// `OWNER TO`.
    SetOwner = "set-owner",
    /// `ENABLE TRIGGER`, `DISABLE TRIGGER`.
    EnableTrigger = "enable-trigger",
    /// `ENABLE RULE`, `DISABLE RULE`.
    EnableRule = "enable-rule",
    /// `ENABLE`, `DISABLE`, `FORCE`, `NO FORCE ROW LEVEL SECURITY`.
    RowSecurity = "row-security",
    /// `CLUSTER ON`, `SET WITHOUT CLUSTER`.
    ClusterOn = "cluster-on",
    /// `SET LOGGED`, `SET UNLOGGED`.
    SetLogged = "set-logged",
    /// `SET TABLESPACE`.
    SetTablespace = "set-tablespace",
    /// `SET ACCESS METHOD`.
    SetAccessMethod = "set-access-method",
    /// `SET (fillfactor = …)`, `RESET (…)`.
    SetParameters = "set-parameters",
    /// `INHERIT`.
    Inherit = "inherit",
    /// `NO INHERIT`.
    NoInherit = "no-inherit",
    /// `REPLICA IDENTITY`.
    ReplicaIdentity = "replica-identity",
    /// `ATTACH PARTITION` whose rows have to be looked at.
    AttachPartition = "attach-partition",
    /// `ATTACH PARTITION` where valid `CHECK`s show that all rows fit.
    AttachPartitionProven = "attach-partition-proven",
    /// `DETACH PARTITION`.
    DetachPartition = "detach-partition",
    /// `DETACH PARTITION … CONCURRENTLY`, `… FINALIZE`.
    DetachPartitionConcurrently = "detach-partition-concurrently",
    /// `CREATE TABLE`.
    CreateTable = "create-table",
    /// `CREATE TABLE` with a foreign key.
    CreateTableForeignKey = "create-table-foreign-key",
    /// `CREATE TABLE … PARTITION OF`.
    CreatePartition = "create-partition",
    /// `CREATE TABLE … INHERITS`.
    CreateChildTable = "create-child-table",
    /// `CREATE TABLE … LIKE`.
    CreateTableLike = "create-table-like",
    /// `DROP TABLE`.
    DropTable = "drop-table",
    /// `DROP VIEW`, `DROP MATERIALIZED VIEW`.
    DropView = "drop-view",
    /// `DROP SEQUENCE`.
    DropSequence = "drop-sequence",
    /// `CREATE SEQUENCE`.
    CreateSequence = "create-sequence",
    /// `ALTER SEQUENCE`.
    AlterSequence = "alter-sequence",
    /// `ALTER SEQUENCE … OWNED BY`.
    OwnSequence = "own-sequence",
    /// `CREATE VIEW`.
    CreateView = "create-view",
    /// `CREATE OR REPLACE VIEW` of one that is there.
    ReplaceView = "replace-view",
    /// `ALTER VIEW`.
    AlterView = "alter-view",
    /// `CREATE TABLE AS`, `SELECT INTO`, `CREATE MATERIALIZED VIEW`.
    CreateTableAs = "create-table-as",
    /// `REFRESH MATERIALIZED VIEW`.
    Refresh = "refresh",
    /// `REFRESH MATERIALIZED VIEW CONCURRENTLY`.
    RefreshConcurrently = "refresh-concurrently",
    /// `CREATE INDEX`.
    CreateIndex = "create-index",
    /// `CREATE INDEX … ON ONLY`.
    CreateIndexOnly = "create-index-only",
    /// `CREATE INDEX CONCURRENTLY`.
    CreateIndexConcurrently = "create-index-concurrently",
    /// `DROP INDEX`.
    DropIndex = "drop-index",
    /// `DROP INDEX CONCURRENTLY`.
    DropIndexConcurrently = "drop-index-concurrently",
    /// `ALTER INDEX … RENAME TO`.
    RenameIndex = "rename-index",
    /// `ALTER INDEX … SET (…)`.
    AlterIndex = "alter-index",
    /// `ALTER INDEX … ATTACH PARTITION`.
    AttachIndex = "attach-index",
    /// `ALTER INDEX … SET TABLESPACE`.
    SetIndexTablespace = "set-index-tablespace",
    /// `REINDEX INDEX`.
    ReindexIndex = "reindex-index",
    /// `REINDEX TABLE`.
    ReindexTable = "reindex-table",
    /// `REINDEX INDEX CONCURRENTLY`.
    ReindexIndexConcurrently = "reindex-index-concurrently",
    /// `REINDEX TABLE CONCURRENTLY`.
    ReindexTableConcurrently = "reindex-table-concurrently",
    /// `CREATE TRIGGER`.
    CreateTrigger = "create-trigger",
    /// `ALTER TRIGGER … RENAME TO`.
    RenameTrigger = "rename-trigger",
    /// `DROP TRIGGER`.
    DropTrigger = "drop-trigger",
    /// `CREATE`, `ALTER` and `DROP POLICY`.
    Policy = "policy",
    /// `CREATE` and `DROP RULE`.
    Rule = "rule",
    /// `CREATE STATISTICS`.
    CreateStatistics = "create-statistics",
    /// `DROP STATISTICS`.
    DropStatistics = "drop-statistics",
    /// `COMMENT ON TABLE`, `… VIEW`, `… COLUMN`.
    CommentOnTable = "comment-on-table",
    /// `COMMENT ON` a constraint, trigger, policy or rule.
    CommentOnConstraint = "comment-on-constraint",
    /// `COMMENT ON INDEX`.
    CommentOnIndex = "comment-on-index",
    /// `GRANT` and `REVOKE` on tables.
    Grant = "grant",
    /// `CREATE PUBLICATION … FOR TABLE`, `ALTER PUBLICATION … TABLE`.
    PublishTable = "publish-table",
    /// `TRUNCATE`.
    Truncate = "truncate",
    /// `TRUNCATE … CASCADE`.
    TruncateCascade = "truncate-cascade",
    /// `SELECT`, `COPY … TO`.
    Select = "select",
    /// `SELECT … FOR UPDATE`.
    SelectForUpdate = "select-for-update",
    /// `INSERT`, `COPY … FROM`.
    Write = "write",
    /// `UPDATE`, `DELETE` with `WHERE`, `MERGE`. How many rows are read depends on the indexes.
    Update = "update",
    /// `UPDATE`, `DELETE` of every row.
    UpdateAll = "update-all",
    /// `VACUUM`.
    Vacuum = "vacuum",
    /// `VACUUM FULL`.
    VacuumFull = "vacuum-full",
    /// `CLUSTER`.
    Cluster = "cluster",
    /// `ANALYZE`.
    Analyze = "analyze",
    /// `ALTER DOMAIN … ADD CHECK`, `… SET NOT NULL`.
    AlterDomainChecked = "alter-domain-checked",
    /// `ALTER DOMAIN … VALIDATE CONSTRAINT`.
    ValidateDomain = "validate-domain",
    /// Statements that are about no table: functions, types, schemas, privileges on all tables, settings.
    NoRelation = "no-relation",
}

impl StatementForm {
    /// The form of this name.
    #[must_use]
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|form| form.name() == name)
    }
}
