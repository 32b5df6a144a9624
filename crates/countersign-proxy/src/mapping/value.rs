//! What a parameter's text has to be.

use countersign_core::mapping::{ParameterLimits, ParameterType, RequestParameter};

use crate::fault::Fault;

/// The fault of a client that leaves out `parameter`.
pub(super) fn missing(parameter: &RequestParameter) -> Fault {
    Fault::MissingParameter {
        location: parameter.location,
        name: parameter.name.clone(),
    }
}

/// The fault of a client whose `parameter` does not fit.
pub(super) fn invalid(parameter: &RequestParameter) -> Fault {
    Fault::InvalidParameter {
        location: parameter.location,
        name: parameter.name.clone(),
    }
}

/// Whether `text` is of the parameter's type and within its limits. Lengths
/// are counted in characters, smallest and largest hold for numbers only.
/// Integers are decimal digits with an optional sign; other numbers may have a
/// point and an exponent and have to be finite; booleans are `true` and
/// `false` in any case.
pub(super) fn fits(parameter: &RequestParameter, text: &str) -> bool {
    let limits = &parameter.limits;
    let is_of_type = match parameter.kind {
        ParameterType::String => true,
        ParameterType::Int => integer(limits, text.parse::<i32>().ok().map(i64::from)),
        ParameterType::Long => integer(limits, text.parse::<i64>().ok()),
        ParameterType::Float => decimal(limits, text.parse::<f32>().ok().map(f64::from)),
        ParameterType::Double => decimal(limits, text.parse::<f64>().ok()),
        ParameterType::Boolean => {
            text.eq_ignore_ascii_case("true") || text.eq_ignore_ascii_case("false")
        }
    };
    is_of_type && length_fits(limits, text) && is_allowed(limits, text)
}

fn length_fits(limits: &ParameterLimits, text: &str) -> bool {
    if limits.min_length.is_none() && limits.max_length.is_none() {
        return true;
    }
    let length = text.chars().count() as u64;
    limits.min_length.is_none_or(|min| length >= min.into())
        && limits.max_length.is_none_or(|max| length <= max.into())
}

fn is_allowed(limits: &ParameterLimits, text: &str) -> bool {
    limits.allowed.is_empty() || limits.allowed.iter().any(|allowed| **allowed == *text)
}

/// Compares without rounding the number to the limit's precision.
fn integer(limits: &ParameterLimits, number: Option<i64>) -> bool {
    let Some(number) = number.map(i128::from) else {
        return false;
    };
    limits.min.is_none_or(|min| number >= min.ceil() as i128)
        && limits.max.is_none_or(|max| number <= max.floor() as i128)
}

fn decimal(limits: &ParameterLimits, number: Option<f64>) -> bool {
    number.is_some_and(|number| {
        number.is_finite()
            && limits.min.is_none_or(|min| number >= min)
            && limits.max.is_none_or(|max| number <= max)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use countersign_core::mapping::Location;

    fn check(kind: ParameterType, limits: ParameterLimits, good: &[&str], bad: &[&str]) {
        let parameter = RequestParameter {
            name: "p".into(),
            location: Location::Query,
            kind,
            required: false,
            default: None,
            limits,
        };
        for text in good {
            assert!(fits(&parameter, text), "{kind:?} {text:?}");
        }
        for text in bad {
            assert!(!fits(&parameter, text), "{kind:?} {text:?}");
        }
    }

    #[test]
    fn types() {
        let none = ParameterLimits::default;
        let words = ["", " ", "1 ", " 1", "x", "0x1", "1_0", "१", "NaN", "inf"];
        check(ParameterType::String, none(), &words, &[]);
        check(
            ParameterType::Int,
            none(),
            &["0", "-2147483648", "2147483647", "+1", "007"],
            &[&words[..], &["2147483648", "1.0", "1e2", "-", "--1"]].concat(),
        );
        check(
            ParameterType::Long,
            none(),
            &["-9223372036854775808", "9223372036854775807"],
            &[&words[..], &["9223372036854775808", "1."]].concat(),
        );
        check(
            ParameterType::Float,
            none(),
            &["1", "-1.5", "1e3", ".5", "3.4e38"],
            &[&words[..], &["3.5e38", "1e39", "infinity", "1,5"]].concat(),
        );
        check(
            ParameterType::Double,
            none(),
            &["1", "-1.5e-3", "1e308"],
            &[&words[..], &["1e309", "-inf"]].concat(),
        );
        check(
            ParameterType::Boolean,
            none(),
            &["true", "False"],
            &[&words[..], &["1", "yes"]].concat(),
        );
    }

    #[test]
    fn limits() {
        let between = |min: f64, max: f64| ParameterLimits {
            min: Some(min),
            max: Some(max),
            ..ParameterLimits::default()
        };
        check(
            ParameterType::Int,
            between(-1.5, 2.0),
            &["-1", "2"],
            &["-2", "3"],
        );
        // 2^53 + 1 is no number of 64 bits with a fraction.
        check(
            ParameterType::Long,
            between(0.0, 9_007_199_254_740_992.0),
            &["9007199254740992"],
            &["9007199254740993", "-1"],
        );
        check(
            ParameterType::Double,
            between(0.5, 1.5),
            &["0.5", "1.5"],
            &["0.49", "1.51"],
        );
        check(ParameterType::String, between(5.0, 6.0), &["1"], &[]);
        let lengths = ParameterLimits {
            min_length: Some(2),
            max_length: Some(3),
            ..ParameterLimits::default()
        };
        check(
            ParameterType::String,
            lengths,
            &["ab", "名名名", "😀😀"],
            &["", "a", "abcd"],
        );
        let allowed = ParameterLimits {
            allowed: ["a".into(), "B".into()].into(),
            ..ParameterLimits::default()
        };
        check(
            ParameterType::String,
            allowed,
            &["a", "B"],
            &["A", "", "a,B"],
        );
    }
}
