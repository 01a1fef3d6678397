//! Asks a Ballista scheduler about tables in a bucket: `ask-ballista ADDRESS SETUP.sql QUESTION.sql…` runs the
//! statements of the first file, then each question, whose answer goes to a `.csv` beside it. Prints how long
//! each took, in milliseconds. Ballista's own command line cannot read buckets.

use std::error::Error;
use std::fs::{File, read_to_string};
use std::path::Path;
use std::time::Instant;

use ballista::prelude::SessionContextExt;
use ballista_core::object_store::state_with_s3_support;
use datafusion::arrow::csv::Writer;
use datafusion::prelude::SessionContext;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let [address, setup, questions @ ..] = words.as_slice() else {
        return Err("usage: ask-ballista ADDRESS SETUP.sql QUESTION.sql…".into());
    };
    let context = SessionContext::remote_with_state(address, state_with_s3_support()?).await?;
    for statement in read_to_string(setup)?.split(";\n").filter(|text| !text.trim().is_empty()) {
        context.sql(statement).await?.collect().await?;
    }
    for question in questions {
        let path = Path::new(question);
        let begun = Instant::now();
        let asked = context.sql(&read_to_string(path)?).await?;
        let mut csv = Writer::new(File::create(path.with_extension("csv"))?);
        for batch in asked.collect().await? {
            csv.write(&batch)?;
        }
        println!("{} {:.0}", path.display(), begun.elapsed().as_secs_f64() * 1e3);
    }
    Ok(())
}
