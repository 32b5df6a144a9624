//! Secrets that are typed or piped in, and never stand among the arguments, which
//! every process of the machine can read.

use std::{
    fs,
    io::{self, IsTerminal},
    path::Path,
};

use super::Failure;

/// Reads a secret from a file, `-` for standard input, without its final line
/// end.
pub(super) fn read(file: &Path) -> Result<String, Failure> {
    let read = if file == Path::new("-") {
        io::read_to_string(io::stdin())
    } else {
        fs::read_to_string(file)
    };
    let text = read.map_err(|error| Failure::Usage(format!("{}: {error}", file.display())))?;
    Ok(text
        .strip_suffix('\n')
        .map_or(text.as_str(), |text| {
            text.strip_suffix('\r').unwrap_or(text)
        })
        .to_owned())
}

/// Asks for a new password twice, without showing what is typed.
pub(super) fn ask_new_password() -> Result<String, Failure> {
    if !io::stdin().is_terminal() {
        let why = "there is no terminal to ask for the password at: give --password-stdin";
        return Err(Failure::Usage(why.to_owned()));
    }
    let ask = |prompt| rpassword::prompt_password(prompt).map_err(|error| Failure::of(&error));
    let password = ask("Password: ")?;
    if ask("The same again: ")? == password {
        Ok(password)
    } else {
        Err(Failure::Usage("the two are not the same".to_owned()))
    }
}
