//! Types that are dropped while something needs them which is set aside: they are set aside with it.

use std::time::Duration;

use limosa_catalog::{Identifier, ObjectName};
use limosa_plan::{AsideName, KeptType, Step};
use limosa_postgres::Type;
use limosa_syntax::{TokenKind, Tokens};

use super::apart::{ApartFailure, Scene};
use crate::history::{Numbered, next_number};

/// The type of a name, if a column of something that is kept has it or an array of it.
const NEEDED_SQL: &str = "\
SELECT n.nspname::text, t.typname::text FROM pg_catalog.pg_type t
JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
WHERE t.oid = pg_catalog.to_regtype($1) AND EXISTS (
  SELECT FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_class c ON c.oid = a.attrelid
  JOIN pg_catalog.pg_namespace of ON of.oid = c.relnamespace
  WHERE a.atttypid IN (t.oid, t.typarray) AND NOT a.attisdropped AND c.relkind IN ('r', 'p')
    AND (of.nspname = ANY ($2) OR a.attname = ANY ($3)))";

impl Scene<'_> {
    /// Drops the types that a statement names, but for those that something needs which is set aside.
    pub(super) async fn drop_types(&self, step: &Step, sql: &str, keep: Duration) -> Result<Vec<String>, ApartFailure> {
        let (schemas, columns) = self.kept_names().await?;
        if schemas.is_empty() && columns.is_empty() {
            return self.plainly(sql).await;
        }
        let tokens = Tokens::of(sql);
        let mut words = tokens.words();
        words.next();
        let kind = if words.take(&["DOMAIN"]) { "DOMAIN" } else { "TYPE" };
        words.take(&["TYPE"]);
        let if_exists = if words.take(&["IF", "EXISTS"]) { "IF EXISTS " } else { "" };
        let mut names = Vec::new();
        while let Some(name) = words.qualified_name() {
            names.push(name);
            if !words.take_kind(TokenKind::Comma) {
                break;
            }
        }
        let behind = if words.at(&["CASCADE"]) { "CASCADE" } else { "" };
        let mut told = Vec::new();
        for name in names {
            let params: [(&(dyn limosa_postgres::ToSql + Sync), Type); 3] =
                [(&name.to_string(), Type::TEXT), (&schemas, Type::TEXT_ARRAY), (&columns, Type::TEXT_ARRAY)];
            let rows = self.worker.query(NEEDED_SQL, &params).await?;
            let identifier = |at: usize| Identifier::new(rows.first()?.get::<_, String>(at)).ok();
            let Some((schema, type_name)) = identifier(0).zip(identifier(1)) else {
                self.flight(&format!("DROP {kind} {if_exists}{name} {behind}")).await.map_err(ApartFailure::Own)?;
                continue;
            };
            let id = next_number(self.worker, self.history_schema, Numbered::Aside).await?;
            let aside =
                AsideName::new(self.history_schema, id).map_err(|error| self.cannot(step, error.to_string()))?;
            let kept = KeptType { name: ObjectName { schema, name: type_name } };
            told.push(format!("{0} is kept as {1}.{0}", kept.name.name.for_people(), aside.schema().for_people()));
            self.put_aside(step, (id, &kept.into_set_aside(&aside)), (None, None), keep).await?;
        }
        Ok(told)
    }

    /// The schemas and the columns that are kept.
    async fn kept_names(&self) -> Result<(Vec<String>, Vec<String>), ApartFailure> {
        let kept = crate::aside::kept_names(self.worker, self.history_schema).await?;
        let schemas = kept.iter().map(|(name, _)| name.schema().as_str().to_owned()).collect();
        Ok((schemas, kept.iter().flat_map(|(_, columns)| columns).map(|name| name.as_str().to_owned()).collect()))
    }
}
