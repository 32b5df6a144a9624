//! `kill -9` at any moment loses no change that was answered.

use std::{
    process::Command,
    sync::mpsc,
    thread,
    time::{SystemTime, UNIX_EPOCH},
};

use countersign_testkit::{Management, Program, program};

const KILLS: u64 = 50;

fn now() -> i64 {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .expect("the clock is past 1970");
    i64::try_from(since.as_secs()).expect("the time fits")
}

fn management(program: &Program, round: u64, part: &str) -> Management {
    let prefix = format!("{round}-{part}");
    let mut drawn = 0;
    Management::with(program.management, now, move || {
        drawn += 1;
        format!("{prefix}-{drawn}")
    })
}

/// 50 times: three callers change a key each as fast as they are answered; after
/// a number of answers that differs each time the process is killed, while other
/// changes are under way. The next process has to hold, for each key, the last
/// change that was answered, or the one that was under way.
#[test]
fn every_answered_change_survives_kill_9() {
    const CALLERS: usize = 3;
    let directory = tempfile::tempdir().unwrap();
    let config = program::write_config(directory.path());
    let start = || {
        let mut command = Command::new(env!("CARGO_BIN_EXE_countersign"));
        Program::start(
            command
                .args(["serve", "--config"])
                .arg(&config)
                .env("COUNTERSIGN_LOG", "error"),
        )
    };

    let mut running = start();
    let mut setup = management(&running, 0, "setup");
    let keys: Vec<String> = (0..CALLERS)
        .map(|caller| setup.key(&format!("caller{caller}"), "KillKey0", "secret_0"))
        .collect();
    let mut answered = [0_u64; CALLERS];

    for round in 1..=KILLS {
        let (tell, told) = mpsc::channel();
        let callers: Vec<_> = (0..CALLERS)
            .map(|caller| {
                let (tell, key, from) = (tell.clone(), keys[caller].clone(), answered[caller]);
                let mut management = management(&running, round, &format!("caller{caller}"));
                thread::spawn(move || {
                    for number in from + 1.. {
                        let (sign_key, secret) =
                            (format!("KillKey{number}"), format!("secret_{number}"));
                        let pair = [
                            ("SignatureId", &*key),
                            ("SignatureKey", &sign_key),
                            ("SignatureSecret", &secret),
                        ];
                        match management.try_call("ModifySignature", &pair) {
                            Ok(answer) if answer.message.status() == 200 => {}
                            Ok(answer) => panic!("refused: {}", answer.json),
                            Err(_) => return,
                        }
                        if tell.send((caller, number)).is_err() {
                            return;
                        }
                    }
                })
            })
            .collect();
        drop(tell);
        for (caller, number) in told.iter().take(1 + (round * 7 % 23) as usize) {
            answered[caller] = number;
        }
        running.kill();
        for (caller, number) in &told {
            answered[caller] = number;
        }
        for caller in callers {
            caller
                .join()
                .expect("a caller is answered or cut off, never refused");
        }

        running = start();
        let mut reader = management(&running, round, "reader");
        for (caller, key) in keys.iter().enumerate() {
            let answer = reader.call("DescribeSignatures", &[("SignatureId", key)]);
            let info = &answer.json["SignatureInfos"]["SignatureInfo"][0];
            let number: u64 = info["SignatureKey"]
                .as_str()
                .unwrap()
                .strip_prefix("KillKey")
                .unwrap()
                .parse()
                .unwrap();
            assert_eq!(
                info["SignatureSecret"],
                format!("secret_{number}"),
                "never half a change"
            );
            let last = answered[caller];
            assert!(
                number == last || number == last + 1,
                "round {round}: answered {last}, found {number}"
            );
            answered[caller] = number;
        }
    }
}
