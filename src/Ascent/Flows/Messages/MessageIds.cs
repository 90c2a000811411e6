namespace Ascent.Flows.Messages;

/// <summary>
/// The numbers of our messages, one line each. They are a promise to clients: a number keeps its meaning for ever. What
/// each says stands in <see cref="MessageCatalogue"/>.
/// </summary>
internal static class MessageIds
{
    public const int LoginSubmit = 1010001;
    public const int LoginWithProvider = 1010002;
    public const int LoginRefresh = 1010003;
    public const int LoginSecondFactor = 1010004;
    public const int LoginVerify = 1010005;
    public const int LoginTotpLabel = 1010006;
    public const int LoginLookupLabel = 1010007;
    public const int LoginWebAuthn = 1010008;
    public const int LoginTotp = 1010009;
    public const int LoginLookup = 1010010;
    public const int LoginWebAuthnPasswordless = 1010011;
    public const int LoginWebAuthnPrepare = 1010012;
    public const int LoginContinue = 1010013;
    public const int LoginCodeSent = 1010014;
    public const int LoginSendCode = 1010015;
    public const int LoginLinkAccount = 1010016;
    public const int LoginAndLink = 1010017;
    public const int LoginConfirmWithProvider = 1010018;
    public const int LoginRequestCode = 1010019;
    public const int LoginPasskey = 1010021;
    public const int LoginPassword = 1010022;
    public const int LoginSendCodeTo = 1010023;
    public const int LoginSecurityKey = 1010024;
    public const int LoginCodeSentToKnownAddress = 1010025;

    public const int RegistrationSubmit = 1040001;
    public const int RegistrationWithProvider = 1040002;
    public const int RegistrationContinue = 1040003;
    public const int RegistrationSecurityKey = 1040004;
    public const int RegistrationCodeSent = 1040005;
    public const int RegistrationSendCode = 1040006;
    public const int RegistrationPasskey = 1040007;
    public const int RegistrationBack = 1040008;
    public const int RegistrationChooseCredential = 1040009;

    public const int SettingsSaved = 1050001;
    public const int SettingsLink = 1050002;
    public const int SettingsUnlink = 1050003;
    public const int SettingsTotpUnlink = 1050004;
    public const int SettingsTotpQr = 1050005;
    public const int SettingsTotpSecret = 1050006;
    public const int SettingsLookupReveal = 1050007;
    public const int SettingsLookupGenerate = 1050008;
    public const int SettingsLookupSecret = 1050009;
    public const int SettingsLookupCodesLabel = 1050010;
    public const int SettingsLookupConfirm = 1050011;
    public const int SettingsWebAuthnAdd = 1050012;
    public const int SettingsWebAuthnName = 1050013;
    public const int SettingsLookupUsed = 1050014;
    public const int SettingsLookupCodes = 1050015;
    public const int SettingsLookupDisable = 1050016;
    public const int SettingsTotpSecretLabel = 1050017;
    public const int SettingsWebAuthnRemove = 1050018;
    public const int SettingsPasskeyAdd = 1050019;
    public const int SettingsPasskeyRemove = 1050020;
    public const int SettingsManagedByOrganization = 1050023;

    public const int RecoverySuccessful = 1060001;
    public const int RecoveryLinkSent = 1060002;
    public const int RecoveryCodeSent = 1060003;
    public const int RecoveryCodeSentTo = 1060004;
    public const int RecoveryGiveAddress = 1060005;
    public const int RecoveryChooseAddress = 1060006;
    public const int RecoveryBack = 1060007;

    public const int NodeMaskedAddress = 1070000;
    public const int NodePassword = 1070001;
    public const int NodeTrait = 1070002;
    public const int NodeSave = 1070003;
    public const int NodeIdentifier = 1070004;
    public const int NodeSubmit = 1070005;
    public const int NodeVerifyTotp = 1070006;
    public const int NodeEmail = 1070007;
    public const int NodeResend = 1070008;
    public const int NodeContinue = 1070009;
    public const int NodeRecoveryCode = 1070010;
    public const int NodeVerificationCode = 1070011;
    public const int NodeRegistrationCode = 1070012;
    public const int NodeLoginCode = 1070013;
    public const int NodeLoginAndLink = 1070014;
    public const int NodeCaptcha = 1070015;
    public const int NodeRecoveryAddress = 1070016;
    public const int NodePhone = 1070017;
    public const int NodeEmailOrPhone = 1070018;

    public const int VerificationLinkSent = 1080001;
    public const int VerificationEmailDone = 1080002;
    public const int VerificationCodeSent = 1080003;
    public const int VerificationSmsSent = 1080004;
    public const int VerificationPhoneDone = 1080005;

    public const int Invalid = 4000001;
    public const int Required = 4000002;
    public const int MinLength = 4000003;
    public const int Pattern = 4000004;
    public const int PasswordPolicy = 4000005;
    public const int InvalidCredentials = 4000006;
    public const int DuplicateAccount = 4000007;
    public const int TotpInvalid = 4000008;
    public const int NoIdentifier = 4000009;
    public const int AddressNotVerified = 4000010;
    public const int NoTotp = 4000011;
    public const int LookupUsed = 4000012;
    public const int NoWebAuthn = 4000013;
    public const int NoLookup = 4000014;
    public const int NoSecurityKey = 4000015;
    public const int LookupInvalid = 4000016;
    public const int MaxLength = 4000017;
    public const int Minimum = 4000018;
    public const int ExclusiveMinimum = 4000019;
    public const int Maximum = 4000020;
    public const int ExclusiveMaximum = 4000021;
    public const int MultipleOf = 4000022;
    public const int MaxItems = 4000023;
    public const int MinItems = 4000024;
    public const int UniqueItems = 4000025;
    public const int WrongType = 4000026;
    public const int DuplicateAccountToLink = 4000027;
    public const int DuplicateAccountWithHints = 4000028;
    public const int Const = 4000029;
    public const int ConstGeneric = 4000030;
    public const int PasswordTooSimilar = 4000031;
    public const int PasswordTooShort = 4000032;
    public const int PasswordTooLong = 4000033;
    public const int PasswordBreached = 4000034;
    public const int NoCodeLogin = 4000035;
    public const int TraitsMismatch = 4000036;
    public const int UnknownAccount = 4000037;
    public const int CaptchaFailed = 4000038;
    public const int PasswordUnchanged = 4000039;
    public const int EmailInvalid = 4000040;
    public const int PhoneInvalid = 4000041;
    public const int NoDevice = 4000042;
    public const int WebAuthnInvalid = 4000043;
    public const int DeviceSignatureInvalid = 4000044;
    public const int DeviceAttestationExpired = 4000045;
    public const int DeviceKeyTooOld = 4000046;

    public const int LoginExpired = 4010001;
    public const int LoginNoMethod = 4010002;
    public const int RegistrationNoMethod = 4010003;
    public const int SettingsNoMethod = 4010004;
    public const int RecoveryNoMethod = 4010005;
    public const int VerificationNoMethod = 4010006;
    public const int LoginAlreadyDone = 4010007;
    public const int LoginCodeInvalid = 4010008;
    public const int LoginLinkMismatch = 4010009;
    public const int LoginUnknownAddress = 4010010;
    public const int IdentityDisabled = 4010011;

    public const int RegistrationExpired = 4040001;
    public const int RegistrationAlreadyDone = 4040002;
    public const int RegistrationCodeInvalid = 4040003;

    public const int SettingsExpired = 4050001;
    public const int SettingsOneAddressAtATime = 4050002;

    public const int RecoveryAlreadyDone = 4060001;
    public const int RecoveryFailed = 4060002;
    public const int RecoveryLinkInvalid = 4060004;
    public const int RecoveryExpired = 4060005;
    public const int RecoveryCodeInvalid = 4060006;

    public const int VerificationLinkInvalid = 4070001;
    public const int VerificationAlreadyDone = 4070002;
    public const int VerificationFailed = 4070003;
    public const int VerificationExpired = 4070005;
    public const int VerificationCodeInvalid = 4070006;

    public const int SystemError = 5000001;
    public const int NoMethodsAvailable = 5000002;
    public const int NoSsoProvider = 5000003;
}
