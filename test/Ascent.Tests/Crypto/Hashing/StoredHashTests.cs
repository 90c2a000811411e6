using System.Text;
using Ascent.Crypto.Hashing;
using Shouldly;

namespace Ascent.Tests.Crypto.Hashing;

/// <summary>Hashes of every format, made by other programs (Node.js, OpenSSL, libxcrypt), against the password they were made of.</summary>
public sealed class StoredHashTests
{
    private const string Password = "correct-horse-battery-9";

    private static readonly string[] Hashes =
    [
        "$2a$04$N9qo8uLOickgx2ZMRZoMyeId0kMYHMoCdgRdyneFFfwxb2HBaQ5sq",
        "$2b$05$N9qo8uLOickgx2ZMRZoMyeh4sJdlMusD/.ZTxdDvsdPxrQhyQZLcG",
        "$2y$06$N9qo8uLOickgx2ZMRZoMyeJbi8vFBCaYNrdPOjqdJzSkoTE6qJdTq",
        "$argon2id$v=19$m=64,t=1,p=1$c29tZXNhbHQtMDEyMzQ1Ng$r0OytkW7fpWcT0Zq373awX1plJJS/IwklrFUoW1FlVw",
        "$argon2i$v=19$m=256,t=2,p=2$b3RoZXItc2FsdC1vZi0yMC1ieXRl$8FywvMggpa4OCIrtGbOivg",
        "$pbkdf2-sha1$i=1000,l=32$YS1zYWx0LW9mLTE2LWJ5dA$6DTdw1UKlXjMrcxqIbJ7SbUJBrZAf4vcaJnb1LiazEc",
        "$pbkdf2-sha256$i=1000,l=32$YS1zYWx0LW9mLTE2LWJ5dA$7kQ3gOw1RDYFkQPVqMvBzUZx+N9SaiW+rWbR1HVaoUI",
        "$pbkdf2-sha512$i=1000,l=32$YS1zYWx0LW9mLTE2LWJ5dA$4OiUGh8Qf5eKlxiWgF3kwU1e9XFzAEKVsIXciiOk7w8",
        "$pbkdf2-sha224$i=1000,l=28$YS1zYWx0LW9mLTE2LWJ5dA$dZsTBME1QwmTfU7w/uC1Nlt3VaEDqMdmST190Q",
        "$pbkdf2-sha224$i=1000,l=40$YS1zYWx0LW9mLTE2LWJ5dA$dZsTBME1QwmTfU7w/uC1Nlt3VaEDqMdmST190S6979+TVwSpVN5SiQ",
        "$pbkdf2-sha384$i=1000,l=48$YS1zYWx0LW9mLTE2LWJ5dA$bTy06Dk/KYBzwwtQM20LEHUh/eL7NA33eoND/d0AjjmKgt+QuqKNhwZK/MrZ0Hx/",
        "$scrypt$ln=1024,r=8,p=1$YS1zYWx0LW9mLTE2LWJ5dA==$L6Z2IKk3/x05nBeXfETIHFaGRJAk7Z6kf+D4UJ/EVPQ=",
        "$scrypt$ln=512,r=4,p=2$YS1zYWx0LW9mLTE2LWJ5dA==$5O+OhAe3cqzBfcN9X9q4vIr3p1loC9DqJwok2ZL6lQzcJ0m6kInFOU1GYRkXoLllwkO4JsHMfABVhBerz8wIkg==",
        "{SSHA}M+1My26yT/Rj1L06m8lGiaJLogthLXNhbHQtb2YtMTYtYnl0",
        "{SSHA256}hW7ez1CqWOECw4gnlT+EdI4rXEIfltYnp6Zlmcez9RNhLXNhbHQtb2YtMTYtYnl0",
        "{SSHA512}Vw2LyCO2+oVXDHrc+GDNw6Lb+bY5beXBEyaTszfKH9TnKVNbHwho7vlJC2zuXHRc0dXcKJ38qjZE0Dfebp/lH2Etc2FsdC1vZi0xNi1ieXQ=",
        "$md5$3s3KTV/KTwojmQTq25Zshg==",
        "$md5$pf=e1NBTFR9e1BBU1NXT1JEfQ==$YS1zYWx0LW9mLTE2LWJ5dA==$U1Q7dThnMxphlK3B30VJ7g==",
        "$sha1$pf=e1BBU1NXT1JEfXtTQUxUfQ==$YS1zYWx0LW9mLTE2LWJ5dA==$M+1My26yT/Rj1L06m8lGiaJLogs=",
        "$sha256$pf=e1NBTFR9e1BBU1NXT1JEfXtTQUxUfQ==$YS1zYWx0LW9mLTE2LWJ5dA==$xhkP2LmVcazJ1fZQwUCJHaQz5rfmdB7+zf9FA2FpIPk=",
        "$sha512$pf=cHJlLXtQQVNTV09SRH06e1NBTFR9LXBvc3Q=$YS1zYWx0LW9mLTE2LWJ5dA==$ugJakQMC+PHtNfmjT6qdwX0a49vAtSiNClMjVN7l4SL8iStg2FLXbj3coU4sLOeL/RyVuhwIwVTU0NVuru/r8A==",
        "$hmac-md5$YmRlNjU1YzAyZWVhZjJkODY2MGJmNmZiY2Q3ZTIzOTI=$YSBrZXkgb2YgdGhlIG9sZCBzeXN0ZW0=",
        "$hmac-sha1$YmE5MGMwNTRiMGE5MmJkZjRhYjI4MmUzOTM5YWE1MjM3YmRjM2M4NA==$YSBrZXkgb2YgdGhlIG9sZCBzeXN0ZW0=",
        "$hmac-sha224$MWUwMmYzNWM1ZDQ5NWNkZTQ4OGUzNzQzYjJjMWZlODQ0NmVmMzlkZTliYWRlYWMxYTMyN2E1ZTg=$YSBrZXkgb2YgdGhlIG9sZCBzeXN0ZW0=",
        "$hmac-sha256$OWM5MjI1YzlhZmNmZjIyMjc4Mjc3YTY0MWNlZmQ4MDg4MDE1NzYwZTU0MjlhODFjZjRmMjBlMTRiOGIyNDM1OQ==$YSBrZXkgb2YgdGhlIG9sZCBzeXN0ZW0=",
        "$hmac-sha384$MzFkZjM1ZDNmNDlhOThhOGYwOTg3NDNlZjNiZGIxODJkNDllOWEyMTVjMWE3ODEzYzkzZDJjY2MwMmUzNjAxM2MwMWMyZmNjMDc2NWQ3ZTYzZmEwMDgxN2UxYmIxZmEx$YSBrZXkgb2YgdGhlIG9sZCBzeXN0ZW0=",
        "$hmac-sha512$MmNkOTI0NGJiMzYwNmNiZDU4ZTQ5MzgwMGIxZWM0ZTBhMTY0NmE4YWU2YTU5YWFkYWE3MGYzMGY2OWZhNDkwZTBkZTcwOTgwNzE1Y2U1NjMzYjllYzU4YTBjYWQzMjI2M2Q4ZjAzZmFiY2E0OWNjM2RjNDEyNzY1ZmMzMDdmMjM=$YSBrZXkgb2YgdGhlIG9sZCBzeXN0ZW0=",
        "$sha256-crypt$rounds=5000$saltstring1$IKgf6fF4ZQEWs9PSOKMxmTHxVCctshU67UZsG5DSd82",
        "$sha512-crypt$rounds=1000$saltstring3$CgqhhvN77nc/W4hBun.3NL9ZVUlLNq6X8f6xOUumqu478rKlbeFKbP9kYKn/faQ.iHVPaebFoSHls2mMwK4Fi0",
        "$md5-crypt$saltstr5$ZlFnJTKKwGy9ZMLDuLvhc.",
        "$firescrypt$ln=10,r=8,p=1$YS1zYWx0LW9mLTE2LWJ5dA==$6nal3zJ26PI0wtcoNh9sxneOjJwER4gWXTtYlukcjHlCOPlqAZYJEQ==$c2Vw$dGhlIHNpZ25lciBrZXkgb2YgdGhlIHByb2plY3QsIDQwIGJ5dGVzLg==",
        "$hmac-md4$Yjc0YmM1NDc2MmFmMzdhOGRhNWIzNGQ3NGMxYmJlMGQ=$YSBrZXkgb2YgdGhlIG9sZCBzeXN0ZW0=",
        "$2z$04$N9qo8uLOickgx2ZMRZoMyeId0kMYHMoCdgRdyneFFfwxb2HBaQ5sq",
        "$2$04$N9qo8uLOickgx2ZMRZoMyeId0kMYHMoCdgRdyneFFfwxb2HBaQ5sq",
    ];

    /// <summary>By libxcrypt.</summary>
    private static readonly TheoryData<string, string> Bcrypt = new()
    {
        { "", "$2b$04$N9qo8uLOickgx2ZMRZoMyexhJu7XyhFyrko6QMKtD6uvGcfCxpYoK" },
        { "a", "$2b$04$N9qo8uLOickgx2ZMRZoMyejfZrCzu1NUzAb1NKgJQM2bQtnV1ztM." },
        { "correct-horse-battery-9", "$2b$04$N9qo8uLOickgx2ZMRZoMyeId0kMYHMoCdgRdyneFFfwxb2HBaQ5sq" },
        { "пароль ünïcödé 密码", "$2b$04$N9qo8uLOickgx2ZMRZoMyeunu6ySkRQPIZyOnqiH72WCPSoqbOFpi" },
        { "ÿ£", "$2b$04$N9qo8uLOickgx2ZMRZoMyezSfho1YTaU3LDFON7EiBqKE2YNsime2" },
        { new string('x', 71), "$2b$04$N9qo8uLOickgx2ZMRZoMyeZrqiuBCXDngG.tCZJiJthtnQxo7i/dO" },
        { new string('x', 72), "$2b$04$N9qo8uLOickgx2ZMRZoMyedlslr.Jty7xCSm4JGSxc8PDTmSzo582" },
        { "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef01234567", "$2b$04$N9qo8uLOickgx2ZMRZoMye0rP6YPgHUlIlJLSuHxAwSjNRspgNJte" },
        { "U*U", "$2b$04$N9qo8uLOickgx2ZMRZoMye9szi5Fq1FEZ4.K/w3oCmVbeu25GLdvW" },
        { "correct-horse-battery-9", "$2b$08$abcdefghijklmnopqrstuu8N1T9X6b6NU1u36OEAw3iUt3Vk8R6.6" },
    };

    /// <summary>By libxcrypt.</summary>
    private static readonly TheoryData<string, string> Crypt = new()
    {
        { "", "$md5-crypt$salt1234$V2SAUNwQsj4HLBzTlIIiU1" },
        { "", "$md5-crypt$a$8CfZSfErbeskipdhZHtvu." },
        { "", "$sha256-crypt$saltsaltsaltsalt$P0cZiyvros5qZpNhAqtAkX//Gvr5Fh5kMjqJ5wVDPq3" },
        { "", "$sha256-crypt$rounds=1234$a$8AnVpxCsY5xcZ8weDmEeN7mxLN2lTymELmFL1q4EneC" },
        { "", "$sha512-crypt$saltsaltsaltsalt$ZoazQmGR9bC6QrJYR3tzNWcqLcufy5crjHpWJDgzT7.T1AcGT7.bjOq387RVyRrJnBux4dyLiO1lh8TYvVlJf/" },
        { "", "$sha512-crypt$rounds=1000$ab$ibFMAI/Igw53aVaJxJu4wwQmU0jF8lxiKV6mtjRJmbxKnzQU8fIizULiJeSfGn7H54dbRhqwIBpklchs8nlWi." },
        { "", "$sha512-crypt$shorter$u8T4srgLSIkbMyv4T9/iXYAt5fMk/pb4SGjd6gHp.26Y1kCapLAYbzs0/BN6kzrun5WQj9AmBWTcE3osB4UPM." },
        { "a", "$md5-crypt$salt1234$mdji1uBBCWZ5m2mIWKvLW." },
        { "a", "$md5-crypt$a$44cUw6Nm5bX0muHWNIwub0" },
        { "a", "$sha256-crypt$saltsaltsaltsalt$mkeIR17jZH2efuGHyAyi7uqPDT/jX1lPmlgvEvcZX1A" },
        { "a", "$sha256-crypt$rounds=1234$a$3zsIKrEmnfvFjhfGr7F2hTVss1isMQ073AbzhFXXF2/" },
        { "a", "$sha512-crypt$saltsaltsaltsalt$DP7RKwIAffNVkse07h81vGJPWDF76gNeAC4uPJCCkFWHLPik.W93LLqJrcFH.34lltMy/1Fnyp4XpnITscBtA." },
        { "a", "$sha512-crypt$rounds=1000$ab$pH9NrVOL0TsWVTwIsERtoDA4KGRST7iElxHdzYlv/7kFsSbdAYpDolZo0lKEk6Fy/6qd4OKBdkihSYcXYWb/E0" },
        { "a", "$sha512-crypt$shorter$TaVT70UcuxweBtLi6wak0N2gL4P3Y2UllHMRbtyQexREHpqT3FtRO9.ymsCnvdt7KuCqyXPvfLWldtv4Oa30h/" },
        { "correct-horse-battery-9", "$md5-crypt$salt1234$U6F5QZUShjcbX/u8uqkIA1" },
        { "correct-horse-battery-9", "$md5-crypt$a$jOVVKwSSKVeBfeTQm8Onv/" },
        { "correct-horse-battery-9", "$sha256-crypt$saltsaltsaltsalt$SYSrpOe6WIRbs3/zTl97ZUk59b8S1xG84AYQWFPw8D7" },
        { "correct-horse-battery-9", "$sha256-crypt$rounds=1234$a$y7xp6mtJdsh/rC6wA3tieQrgU5YG/PdtMlvFhnz4Qs." },
        { "correct-horse-battery-9", "$sha512-crypt$saltsaltsaltsalt$.Xlbp5faEc4shxiBIeSfCAq8rEGDLpaXXl1u.QqzVAqcRcQNT3Uo81GCw6PeEEiF8vi5yMzH4Cz6cEkJycINH/" },
        { "correct-horse-battery-9", "$sha512-crypt$rounds=1000$ab$fMV0v3hzxtvNQGKpSEst3vgEKCLRW9AV69dADljEmZ8dXtuJ7kHyUzjyE6iAfBnOmPURbrBbXcSPYa0FtWH.4/" },
        { "correct-horse-battery-9", "$sha512-crypt$shorter$64oIi2r/fErv9hfoYWZ3W2FeO5OFtzNJM4gaWbjflOsiF3TrmyNjfFCwaDh9a683Ivk7daXK0mI/ioBHClIyb1" },
        { "xxxxxxxxxxxxxxx", "$md5-crypt$salt1234$ehIpwHCC4s1U1PqWNuCYh." },
        { "xxxxxxxxxxxxxxx", "$md5-crypt$a$qEoFIeM/PJXywqDgTneXz/" },
        { "xxxxxxxxxxxxxxx", "$sha256-crypt$saltsaltsaltsalt$SOFvxa3Pxcz6o3qxigTp534SqTntzP4F7bk7w5TlRP9" },
        { "xxxxxxxxxxxxxxx", "$sha256-crypt$rounds=1234$a$UeeTDLjpLvokTCYo1W1RI5UWLUmQ.uvQDXlhsT2eik." },
        { "xxxxxxxxxxxxxxx", "$sha512-crypt$saltsaltsaltsalt$zsIGN/SuD5k8OGQ.Tjm.BsVNmLK70UtkT6qM5Mo4aEW8f6gR19p20V6I2Sf31MEwoElG1n/xi/Ozkez7w2udX/" },
        { "xxxxxxxxxxxxxxx", "$sha512-crypt$rounds=1000$ab$fGOGx0Z1TRITqZ6HIKIkB03ZoiWH79W7F1.dlzZBdSiSLShnbN1xDwnhfjoKUWFS44ZAUiuucOBIuuEH4IBdG/" },
        { "xxxxxxxxxxxxxxx", "$sha512-crypt$shorter$kNiCaiV1prxdUmBer530pfE/TWMsgxujTenWQaeqK5PhCDnNMkhdpQYBydU0jxg/HXdyLLP6nQd9IoIrm3e/f/" },
        { "xxxxxxxxxxxxxxxx", "$md5-crypt$salt1234$dktFaCOVQ2NWGiahRbZgX." },
        { "xxxxxxxxxxxxxxxx", "$md5-crypt$a$/CwiEatmmH/w4dBFx6Pj8/" },
        { "xxxxxxxxxxxxxxxx", "$sha256-crypt$saltsaltsaltsalt$OtDiaExaQZZWeqG3nBlYnpWW6eJ7NQFt7NuvlSdFrH9" },
        { "xxxxxxxxxxxxxxxx", "$sha256-crypt$rounds=1234$a$KXipqfYR41xMQY3SXRurwjJSh7.hx5PUWPXaXiAYtY." },
        { "xxxxxxxxxxxxxxxx", "$sha512-crypt$saltsaltsaltsalt$ju3N0/6hhiJD0glPLJACmkK51AA79HnD7zsOY.sn2wJrdsRgJ7PdenCNYYSsAogdFLKsk//DY7ODZnHXSh9VU/" },
        { "xxxxxxxxxxxxxxxx", "$sha512-crypt$rounds=1000$ab$Sx.ovgm6dgXTM7F5VM4Pck5/zYv9SKzhKE2ESG5fN15KZYAagu3k1jvECw7tjIdLWJLiKR2i42h5NQ1izglIs/" },
        { "xxxxxxxxxxxxxxxx", "$sha512-crypt$shorter$OSe1rJRMz/PlxaAE7sGsXnBtktRoupsEVWrHoU7kR9q6q7lCCSRqQ/ohcZSlBxQeuXQwohlFzA/G5Xvhs0PsP." },
        { "xxxxxxxxxxxxxxxxx", "$md5-crypt$salt1234$dKJr9Jlr2BkmMOcy3wiCc/" },
        { "xxxxxxxxxxxxxxxxx", "$md5-crypt$a$JsTf0efaE.5mbf4xkfgV/0" },
        { "xxxxxxxxxxxxxxxxx", "$sha256-crypt$saltsaltsaltsalt$jrrZsvfq5fBRknk1MepeoUQw7Oy5OEysuMYRaDl4UUD" },
        { "xxxxxxxxxxxxxxxxx", "$sha256-crypt$rounds=1234$a$NS5w6nM5WyjwoVer4ExtKCDM66sOiQQsy.eXA8Rt4k5" },
        { "xxxxxxxxxxxxxxxxx", "$sha512-crypt$saltsaltsaltsalt$h2/sAED/Hzi9uM60GEBuYMrbJo2lpNDeVr1HkcLGNWuZWHc/C8bM2JwxWCzX.7x.yjEtK10tqOj.3AxwsCjtx0" },
        { "xxxxxxxxxxxxxxxxx", "$sha512-crypt$rounds=1000$ab$3WNWr7g3zIPj9oLCinWgo3viH7Su3pxa5/DCHx01EkXVR9GFv1pViMzE4idr4mXqV00YpEYkXTSUxF182waYs/" },
        { "xxxxxxxxxxxxxxxxx", "$sha512-crypt$shorter$wm8pPZRzOtmuJBvxbT5R/1NsiUv.KL5iRbEwR/zkXth0xUidW5pHfcS18Uq81kNxbX64vaQML5o.AHBhqmwAv/" },
        { "пароль", "$md5-crypt$salt1234$.qHBg6nhaQib4V.Q7Omf41" },
        { "пароль", "$md5-crypt$a$1lMw8hbNY5dTIXmITsE4A1" },
        { "пароль", "$sha256-crypt$saltsaltsaltsalt$wzW/s/VLnhH3czLBFAzruSz8rRbGzFR2GGpuyb9pHv6" },
        { "пароль", "$sha256-crypt$rounds=1234$a$yOq0RfhGJqNiRZK37g3DYcWCOD.wOIusAQhn1TVrIaC" },
        { "пароль", "$sha512-crypt$saltsaltsaltsalt$qb3YfhdY4S8ZVnAZi9JyLNHaKIZ3YGyfERqkqtklrVr.78Q/pqgrctXh6CDshY20GZRT..8Saq/IEUpFHNqSQ0" },
        { "пароль", "$sha512-crypt$rounds=1000$ab$eW/arcp0qS/G3fIGJwpz2gduv78mt2/2D/HR.kVwnRLupkUjW4otW8roWM1BiQd1Ry4OpxD2lMd9ulTvHv2en." },
        { "пароль", "$sha512-crypt$shorter$WtvrQjKqNDtrNI0.GR5RD/JvZG/DKt4VQXTlRqqg1OYf5kMjPdVW4BZbpQrI7aozxPc1Fv/08rjVVE8DboIkK." },
        { "0123456789012345678901234567890123456789012345678901234567890123456789", "$md5-crypt$salt1234$drx.BUc1qKArxd25w14UU/" },
        { "0123456789012345678901234567890123456789012345678901234567890123456789", "$md5-crypt$a$vYWBD3WJXTajp7mFy4kAg/" },
        { "0123456789012345678901234567890123456789012345678901234567890123456789", "$sha256-crypt$saltsaltsaltsalt$xGMVhTkmrcBVUXUzJAZENWtXtm6Tu5EL6N0vJOopf.7" },
        { "0123456789012345678901234567890123456789012345678901234567890123456789", "$sha256-crypt$rounds=1234$a$reFBhNi3Lg9Q4V09N0eHseTnC7rBIfa9veLAN4lqIM0" },
        { "0123456789012345678901234567890123456789012345678901234567890123456789", "$sha512-crypt$saltsaltsaltsalt$lMv80CGvhHJlb0zRma94yo0E/C6.wf.7ChL2zCZUFXWFekXFVWbdS.kaLWGs08Ca82yZxLosChLgzHDiS.XoQ." },
        { "0123456789012345678901234567890123456789012345678901234567890123456789", "$sha512-crypt$rounds=1000$ab$XztDesZO1TTZTsgarQodJEjnk75eqWsEeaxBbRuRDkf7R4aTlzua2AIReT7kXjYWIvaMHN.2A/uba56xJtYrh/" },
        { "0123456789012345678901234567890123456789012345678901234567890123456789", "$sha512-crypt$shorter$494gIRO5pz.hhi8bUUKpFH8J8Aen8hCFFVJn6jhwRTq.vz.f7orxmwtK02dJpEQTSVs.VIokP4vYEr/8/hRtc1" },
    };

    [Fact]
    public void A_hash_of_any_format_may_be_imported_and_fits_its_password_alone()
    {
        foreach (var hash in Hashes)
        {
            PasswordHashFormats.Check(hash).ShouldBe(new HashCheck.Accepted(hash));
            Fits(Password, hash).ShouldBeTrue(hash);
            Fits(Password[..^1], hash).ShouldBeFalse(hash);
            Fits(Password + " ", hash).ShouldBeFalse(hash);
            Fits(Password.ToUpperInvariant(), hash).ShouldBeFalse(hash);
            Fits("", hash).ShouldBeFalse(hash);
        }
    }

    [Fact]
    public void Crypt_and_bcrypt_agree_with_libxcrypt_on_passwords_of_any_length()
    {
        foreach (var row in Crypt.Concat(Bcrypt))
        {
            var (password, hash) = row.Data;
            Fits(password, hash).ShouldBeTrue(hash);
            Fits(password + "y", hash).ShouldBeFalse(hash);
        }
    }

    [Fact]
    public void A_digest_that_differs_in_one_character_fits_no_password()
    {
        foreach (var hash in Hashes.Where(h => !h.StartsWith("{SSHA", StringComparison.Ordinal) && !h.StartsWith("$fire", StringComparison.Ordinal)
            && !h.StartsWith("$hmac", StringComparison.Ordinal)))
        {
            var at = hash.LastIndexOf('$') + 30;
            if (at >= hash.Length) at = hash.Length - 10;
            Fits(Password, $"{hash[..at]}{(hash[at] == 'A' ? 'B' : 'A')}{hash[(at + 1)..]}").ShouldBeFalse(hash);
        }
    }

    [Theory]
    [InlineData("$2a$04$N9qo8uLOickgx2ZMRZoMyedlslr.Jty7xCSm4JGSxc8PDTmSzo582")]
    public void Bcrypt_does_not_take_what_it_cannot_see_for_the_password(string ofSeventyTwo)
    {
        Fits(new string('x', 72), ofSeventyTwo).ShouldBeTrue();
        Fits(new string('x', 73), ofSeventyTwo).ShouldBeFalse();
        Fits(new string('x', 4000), ofSeventyTwo).ShouldBeFalse();
    }

    [Fact]
    public void What_follows_a_bcrypt_digest_is_ignored() =>
        Fits("U*U", "$2b$04$N9qo8uLOickgx2ZMRZoMye9szi5Fq1FEZ4.K/w3oCmVbeu25GLdvW\n").ShouldBeTrue();

    [Theory]
    [InlineData("$argon2id$v=19$m=64,t=1,p=1$c29tZXNhbHQtMDEyMzQ1Ng$")]
    [InlineData("$pbkdf2-sha256$i=1,l=0$c29tZXNhbHQtMDEyMzQ1Ng$")]
    [InlineData("$scrypt$ln=2,r=1,p=1$c2FsdA==$")]
    [InlineData("$firescrypt$ln=1,r=1,p=1$c2FsdA==$$c2Vw$")]
    [InlineData("$md5$")]
    [InlineData("$md5$!!!")]
    [InlineData("$sha256$pf=$$")]
    [InlineData("$hmac-sha256$$")]
    [InlineData("$md5-crypt$salt$")]
    [InlineData("$sha256-crypt$rounds=5000$salt$")]
    [InlineData("{SSHA}")]
    [InlineData("{SSHA}M+1My26yT/Rj1L06m8lGiaJLogs=")]
    [InlineData("")]
    [InlineData("$")]
    [InlineData("$2a$")]
    [InlineData("correct-horse-battery-9")]
    public void A_hash_without_a_digest_fits_no_password(string hash)
    {
        Fits(Password, hash).ShouldBeFalse();
        Fits("", hash).ShouldBeFalse();
    }

    [Fact]
    public void A_template_that_would_blow_the_password_up_fits_nothing()
    {
        var template = Convert.ToBase64String(Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("{PASSWORD}", 500))));
        Fits(new string('x', 100_000), $"$sha256$pf={template}$c2FsdA==$AAAA").ShouldBeFalse();
    }

    private static bool Fits(string password, string hash)
    {
        using var memory = new HashingMemory(() => long.MaxValue);
        return PasswordHashFormats.Read(hash)?.Fits(Encoding.UTF8.GetBytes(password), memory) ?? false;
    }
}
