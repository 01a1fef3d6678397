//! The configuration as a file: the example, with every key commented out, and what holds now.

use super::alerts;
use super::key::{Declared, Otherwise};
use super::keys::KEYS;

const HEAD: &str = "\
# How sysray records, and how long it keeps what it recorded.
#
# One file is read: that of --config or $SYSRAY_CONFIG, else $XDG_CONFIG_HOME/sysray/sysray.toml, else
# /etc/sysray/sysray.toml. An option weighs more than its variable of the environment, a variable more than
# the file. Keys stand here as they are by default. `sysray config check` finds mistakes, `sysray config
# show` says what holds and why.
";

/// The text of `config/sysray.toml.example`.
pub fn example() -> String {
    let mut text = String::from(HEAD);
    each_table(&mut text, |key, text| {
        let (default, value) = match key.default {
            Otherwise::Is(value) => (String::new(), value),
            Otherwise::Says(words, value) => (format!("Default: {words}. "), value),
        };
        let option = key.flag.map_or(String::new(), |flag| format!(" or --{}", flag.long));
        *text += &format!(
            "\n# {}.\n# {default}Also {}{option}.\n#{} = {}\n",
            key.about,
            key.variable(),
            key.name,
            key.written(value)
        );
    });
    text + &alerts::example()
}

/// Calls for each key, with the heads of tables between.
pub fn each_table(text: &mut String, mut each: impl FnMut(&'static Declared, &mut String)) {
    let mut table = "";
    for key in KEYS {
        if key.table != table {
            table = key.table;
            *text += &format!("\n[{table}]\n");
        }
        each(key, text);
    }
}
