//! Reads the catalogs of the databases whose URLs are given, at the same time, and tells how long that took. Of a
//! single database it prints all facts.

use std::time::Instant;

use limosa_postgres::{ClientContext, ConnectionSettings, Session};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let urls: Vec<String> = std::env::args().skip(1).collect();
    let begin = Instant::now();
    let reads = urls.iter().map(|url| async move {
        let settings = ConnectionSettings::resolve(url, &ClientContext::default())?;
        let session = Session::connect(&settings).await?;
        let catalog = session.catalog(&[]).await?;
        Ok::<_, Box<dyn std::error::Error>>(catalog)
    });
    let catalogs = futures_util::future::try_join_all(reads).await?;
    let elapsed = begin.elapsed();
    for catalog in &catalogs {
        if urls.len() == 1 {
            tell(&catalog.to_snapshot());
        }
        tell(&format!("{} {} facts", catalog.fingerprint(), catalog.len()));
        for uncovered in catalog.uncovered() {
            tell(&format!("{uncovered:?}"));
        }
    }
    tell(&format!("{elapsed:?}"));
    Ok(())
}

#[expect(clippy::print_stdout, reason = "an example speaks to who runs it")]
fn tell(line: &str) {
    println!("{line}");
}
