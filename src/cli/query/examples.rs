//! `sysray query --examples`.

use std::io::{self, Write};

use anyhow::Result;

use crate::query::{self, EXAMPLES};

/// The examples with what they answer and what can be chosen, or one as it stands.
pub fn show(name: Option<&str>) -> Result<()> {
    let mut text = String::new();
    if let Some(name) = name {
        text += query::example(name)?.sql;
    } else {
        let width = EXAMPLES.iter().map(|example| example.name.len()).max().unwrap_or(0);
        for example in EXAMPLES {
            text += &format!("@{:width$}  {}\n", example.name, example.about());
            for one in example.parameters() {
                text += &format!("{:width$}     --param {}={}  {}\n", "", one.name, one.default, one.about);
            }
        }
    }
    Ok(io::stdout().lock().write_all(text.as_bytes())?)
}
