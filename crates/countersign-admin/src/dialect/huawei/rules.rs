//! What names, sign keys and sign secrets may be (spec 2.2, 4.1 to 4.3).

use countersign_core::{FieldRule, rule::CharSet};
