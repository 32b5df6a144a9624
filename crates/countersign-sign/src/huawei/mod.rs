//! The schemes of Huawei Cloud APIG.
